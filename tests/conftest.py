pytest_plugins = ["tests.real"]
