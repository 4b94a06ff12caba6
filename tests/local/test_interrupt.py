"""Ctrl-C while something is being ended."""

import os
import signal
import threading
import time

import pytest

from hallmark.local.interrupt import held_back


def ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)


def test_it_waits_for_the_end_and_is_raised_then() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), held_back():
        ctrl_c()
        ctrl_c()
        done.append("all of it")
    assert done == ["all of it"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_without_one_nothing_happens() -> None:
    with held_back():
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_error_is_not_hidden_by_it() -> None:
    with pytest.raises(ZeroDivisionError), held_back():
        ctrl_c()
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_whoever_handles_it_otherwise_goes_on_to() -> None:
    """A job in the background ignores it, and so must we."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with held_back():
            ctrl_c()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_threads_have_no_ctrl_c() -> None:
    passed: list[bool] = []

    def work() -> None:
        with held_back():
            passed.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert passed == [True]
