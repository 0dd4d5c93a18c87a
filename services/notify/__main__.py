"""`python -m services.notify`"""

from services.notify.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
