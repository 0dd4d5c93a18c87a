"""`python -m services.intake` runs the service."""

from shared.main import run

from services.intake.service import service

if __name__ == "__main__":
    run(service)
