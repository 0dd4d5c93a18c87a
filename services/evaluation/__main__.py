"""`python -m services.evaluation`"""

from services.evaluation.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
