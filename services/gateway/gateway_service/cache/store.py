"""Entries within so many bytes. Those that were asked for again are safe from those that were not."""

from collections import OrderedDict
from collections.abc import Iterable

from gateway_service.cache.entry import Entry
from gateway_service.cache.keys import Key

PROVEN_SHARE = 0.8


class Store:
    """Two lists, each in order of use: new entries, and ones that were of use (a segmented LRU).

    Whoever asks for a thousand pages that nobody else wants pushes out others like them, and not what is in demand.
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._proven_bytes = 0
        self._new: OrderedDict[Key, Entry] = OrderedDict()
        self._proven: OrderedDict[Key, Entry] = OrderedDict()
        self._made_of: dict[str, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._new) + len(self._proven)

    def get(self, key: Key) -> Entry | None:
        """The entry, which has been of use by that."""
        entry = self._proven.get(key)
        if entry is not None:
            self._proven.move_to_end(key)
            return entry
        entry = self._new.pop(key, None)
        if entry is not None:
            self._proven[key] = entry
            self._proven_bytes += entry.size
            self._demote()
        return entry

    def peek(self, key: Key) -> Entry | None:
        """The entry, without a word of its use."""
        return self._proven.get(key) or self._new.get(key)

    def put(self, entry: Entry) -> None:
        """Keep an entry instead of an older one; what was of use for longest goes, where there is no room."""
        was_proven = entry.key in self._proven
        self.remove(entry.key)
        if entry.size > self.most_bytes:
            return
        if was_proven:
            self._proven[entry.key] = entry
            self._proven_bytes += entry.size
            self._demote()
        else:
            self._new[entry.key] = entry
        self.bytes += entry.size
        for surrogate in entry.surrogates:
            self._made_of.setdefault(surrogate, set()).add(entry.key)
        while self.bytes > self.most_bytes:
            self.remove(next(iter(self._new or self._proven)))

    def remove(self, key: Key) -> None:
        """Forget an entry, if there is one."""
        entry = self._new.pop(key, None)
        if entry is None:
            entry = self._proven.pop(key, None)
            if entry is None:
                return
            self._proven_bytes -= entry.size
        self.bytes -= entry.size
        for surrogate in entry.surrogates:
            keys = self._made_of[surrogate]
            keys.discard(key)
            if not keys:
                del self._made_of[surrogate]

    def purge(self, surrogates: Iterable[str]) -> int:
        """Forget all that is made of one of these; gives how many."""
        found = {key for surrogate in surrogates for key in self._made_of.get(surrogate, ())}
        for key in found:
            self.remove(key)
        return len(found)

    def clear(self) -> int:
        """Forget all; gives how many."""
        count = len(self)
        self._new.clear()
        self._proven.clear()
        self._made_of.clear()
        self.bytes = self._proven_bytes = 0
        return count

    def _demote(self) -> None:
        while self._proven_bytes > PROVEN_SHARE * self.most_bytes and len(self._proven) > 1:
            key, entry = self._proven.popitem(last=False)
            self._proven_bytes -= entry.size
            self._new[key] = entry
