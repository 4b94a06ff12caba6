"""The contract of `Sequencer`, sentence by sentence; a file of tests derives from it with a `sequencer` of its own."""

import os
from concurrent.futures import ThreadPoolExecutor

from hallmark.ports import Sequencer


class SequencerContract:
    """Numbers from 0 without gaps, equal bytes once, one writer after the other, nothing undone."""

    def test_an_empty_log(self, sequencer: Sequencer) -> None:
        assert list(sequencer.entries()) == []

    def test_numbers_from_zero(self, sequencer: Sequencer) -> None:
        assert [sequencer.append(entry) for entry in (b"a", b"", b"\x00\xff", b"b")] == [0, 1, 2, 3]
        assert list(sequencer.entries()) == [b"a", b"", b"\x00\xff", b"b"]

    def test_equal_bytes_return_the_first_number(self, sequencer: Sequencer) -> None:
        assert [sequencer.append(entry) for entry in (b"a", b"b", b"a", b"c", b"b")] == [0, 1, 0, 2, 1]
        assert list(sequencer.entries()) == [b"a", b"b", b"c"]

    def test_entries_of_every_size(self, sequencer: Sequencer) -> None:
        entries = [os.urandom(size) for size in (1, 2_704, 8_191, 1_000_000)]
        assert [sequencer.append(entry) for entry in entries] == [0, 1, 2, 3]
        assert list(sequencer.entries()) == entries
        assert [sequencer.append(entry) for entry in entries] == [0, 1, 2, 3]

    def test_entries_that_differ_in_their_last_byte(self, sequencer: Sequencer) -> None:
        long = os.urandom(10_000)
        assert [sequencer.append(long + end) for end in (b"a", b"b", b"a")] == [0, 1, 0]

    def test_twenty_threads_append_equal_and_other_bytes(self, sequencer: Sequencer) -> None:
        with ThreadPoolExecutor(20) as pool:
            places = list(pool.map(lambda number: sequencer.append(b"%d" % (number % 10)), range(40)))
        assert places[:10] == places[10:20] == places[20:30] == places[30:]
        assert sorted(places[:10]) == list(range(10))
        assert [list(sequencer.entries())[place] for place in places[:10]] == [b"%d" % number for number in range(10)]

    def test_what_was_seen_stays(self, sequencer: Sequencer) -> None:
        """Whoever reads while others write sees a beginning of what there is later."""
        with ThreadPoolExecutor(4) as pool:
            written = [pool.submit(sequencer.append, b"%d" % number) for number in range(30)]
            seen = [tuple(sequencer.entries()) for _ in range(10)]
            assert sorted(each.result() for each in written) == list(range(30))
        last = tuple(sequencer.entries())
        assert all(last[: len(each)] == each for each in seen)
