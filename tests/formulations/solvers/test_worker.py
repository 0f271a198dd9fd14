"""A process that answers, tells, raises, dies or is stopped."""

import pytest

from formulations.solvers.worker import Worker, WorkerDied, WorkerKilled


@pytest.fixture
def worker():
    made = Worker("tests.helpers.echo_process")
    yield made
    made.close()


def test_news_come_before_the_answer_and_the_process_is_kept(worker):
    news = []
    assert worker.ask("hello", news.append) == "hello, answered"
    first = worker._process
    assert worker.ask("again", news.append) == "again, answered"
    assert worker._process is first
    assert news == ["hello, told", "again, told"]


def test_what_it_raises_is_raised_here_and_the_next_question_is_answered(worker):
    with pytest.raises(RuntimeError, match="ValueError: as asked"):
        worker.ask("raise", lambda _: None)
    assert worker.ask("hello", lambda _: None) == "hello, answered"


@pytest.mark.parametrize(
    ("question", "how"), [("exit", "exit status 7"), ("segfault", "signal SIGSEGV")]
)
def test_a_death_says_how_and_the_next_question_starts_another(worker, question, how):
    with pytest.raises(WorkerDied, match=f"died of {how}"):
        worker.ask(question, lambda _: None)
    assert worker.ask("hello", lambda _: None) == "hello, answered"


def test_a_question_that_takes_too_long_ends_the_process(worker):
    with pytest.raises(WorkerKilled, match="outlasted"):
        worker.ask("wait", lambda _: None, limit_s=0.2)
    assert worker.ask("hello", lambda _: None) == "hello, answered"


def test_a_wish_to_stop_is_passed_on(worker):
    assert worker.ask("wait", lambda _: worker.stop()) == "stopped"
    assert worker.ask("hello", lambda _: None) == "hello, answered"


def test_a_worker_that_was_never_asked_has_nothing_to_close_or_stop():
    worker = Worker("tests.helpers.echo_process")
    worker.stop()
    worker.close()
