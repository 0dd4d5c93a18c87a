"""`python -m services.console`"""

from services.console.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
