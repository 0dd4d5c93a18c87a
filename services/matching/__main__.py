"""`python -m services.matching`"""

from services.matching.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
