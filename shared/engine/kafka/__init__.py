"""The broker in production: Kafka. FastStream connects and subscribes; batches, positions and errors are ours."""
