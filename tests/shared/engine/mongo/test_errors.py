import asyncio

import pytest
from pymongo.errors import AutoReconnect

from shared.engine.mongo.errors import errors_translated
from shared.engine.ports.store import Unavailable


async def asked(answer: "asyncio.Future[int]") -> int:
    """What the store does: wait for the driver, which waits so."""
    with errors_translated():
        return await asyncio.wait_for(answer, 10)


def test_a_cancellation_that_comes_together_with_the_answer_is_not_lost() -> None:
    async def story() -> None:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(asked(answer))
        await asyncio.sleep(0)
        answer.set_result(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())


def test_a_cancellation_that_comes_together_with_an_error_is_not_lost() -> None:
    async def story() -> None:
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(asked(answer))
        await asyncio.sleep(0)
        answer.set_exception(AutoReconnect("gone"))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())


def test_who_cleans_up_after_a_cancellation_gets_answers_and_errors_as_ever() -> None:
    async def cleans_up() -> tuple[int, str]:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            done.set_result(1)
            failed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            failed.set_exception(AutoReconnect("gone"))
            with pytest.raises(Unavailable) as error:
                await asked(failed)
            return await asked(done), type(error.value).__name__
        raise AssertionError("it was cancelled")

    async def story() -> None:
        task = asyncio.create_task(cleans_up())
        await asyncio.sleep(0)
        task.cancel()
        assert await task == (1, "Unavailable")

    asyncio.run(story())
