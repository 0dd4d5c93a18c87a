"""The backing services on a laptop: a real Apache Kafka and a real MongoDB, as child processes without Docker."""
