"""`python -m services.intake` runs the service."""

from services.intake.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
