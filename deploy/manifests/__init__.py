"""What repeats a block for each service in manifests and compose.yaml, made from the services by `make manifests`."""
