"""`python -m services.sessions`"""

from services.sessions.service import service
from shared.main import run

if __name__ == "__main__":
    run(service)
