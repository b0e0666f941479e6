"""The least-cost way to fill the places of one authority: a transport problem, solved by HiGHS.

Places that differ in nothing that matters are one class. What flows from a class to a reviewer is how many of its places they
take; what flows out of a reviewer pays a dearer price for each dossier more. The matrix is that of a network, so a vertex of
the linear programme is whole, and the dual simplex ends on a vertex (decisions, 0063).
"""

from dataclasses import dataclass

import numpy as np
import scipy  # its parts load when first used: 37 MB and 0.2 s that only a process that solves something pays

from labelling.assignment.problem import Aim, Limit
from labelling.assignment.share import NOBODY, Share


@dataclass(frozen=True)
class Classes:
    """C groups of interchangeable rows of a share: same reviewers possible, same costs, same reviewer today."""

    members: list[list[int]]
    sizes: np.ndarray
    eligible: np.ndarray
    costs: np.ndarray
    kept: np.ndarray


@dataclass(frozen=True)
class Lack:
    """Rows of a share that can only go to these columns, which have `room_count` places fewer than there are rows.

    `excluded` are the other columns, each with the limit that keeps it away from every one of these rows.
    """

    rows: list[int]
    columns: list[int]
    room_count: int
    excluded: dict[int, Limit]


def solve(share: Share, aim: Aim) -> tuple[list[tuple[int, int]], list[Lack]]:
    """(row, column) of the pairs of one best filling, in no order, and what kept the other rows empty.

    As many rows as possible are filled; then `aim` and the other criterion decide; then the order of the share does.
    """
    classes = _classes(share)
    filled_count, lacks = _fillable(share, classes)
    if not filled_count:
        return [], lacks
    counts = _cheapest(share, classes, filled_count, aim)
    return list(_dealt(classes, counts)), lacks


def _classes(share):
    groups = {}
    for row in range(len(share.dossiers)):
        same = (share.eligible[row].tobytes(), share.costs[row].tobytes(), share.kept[row])
        groups.setdefault(same, []).append(row)
    members = list(groups.values())
    firsts = [rows[0] for rows in members]
    sizes = np.array([len(rows) for rows in members], dtype=np.int64)
    return Classes(members, sizes, share.eligible[firsts], share.costs[firsts], share.kept[firsts])


# --- How many places can be filled, and what blocks the others ------------------------------------------------------


def _fillable(share, classes):
    """How many rows can be filled, by maximum flow, and the lacks its minimum cut shows."""
    class_count, column_count = classes.eligible.shape
    source, sink = class_count + column_count, class_count + column_count + 1
    groups, columns = np.nonzero(classes.eligible)
    tails = np.concatenate([np.full(class_count, source), groups, class_count + np.arange(column_count)])
    heads = np.concatenate([np.arange(class_count), class_count + columns, np.full(column_count, sink)])
    rooms = np.minimum(share.rooms, classes.sizes.sum())
    most = np.concatenate([classes.sizes, classes.sizes[groups], rooms]).astype(np.int32)
    network = scipy.sparse.csr_array((most, (tails, heads)), shape=(sink + 1, sink + 1))
    found = scipy.sparse.csgraph.maximum_flow(network, source, sink)
    if found.flow_value == classes.sizes.sum():
        return found.flow_value, []
    left = network - found.flow
    left.eliminate_zeros()
    reached = scipy.sparse.csgraph.breadth_first_order(left, source, return_predecessors=False)
    return found.flow_value, list(_lacks(share, classes, np.sort(reached[reached < class_count])))


def _lacks(share, classes, groups):
    """The classes on the near side of the cut (Hall: fewer rooms than rows), parted where they share no reviewer."""
    eligible = classes.eligible[groups]
    size = sum(eligible.shape)
    rows, columns = np.nonzero(eligible)
    links = scipy.sparse.coo_array((np.ones(len(rows)), (rows, len(groups) + columns)), shape=(size, size))
    _, labels = scipy.sparse.csgraph.connected_components(links, directed=False)
    for label in np.unique(labels[: len(groups)]):
        inside = groups[labels[: len(groups)] == label]
        columns = [column for column in range(eligible.shape[1]) if classes.eligible[inside, column].any()]
        yield Lack(
            rows=[row for group in inside for row in classes.members[group]],
            columns=columns,
            room_count=int(share.rooms[columns].sum()),
            excluded={column: share.limit(column) for column in range(eligible.shape[1]) if column not in columns},
        )


# --- The cheapest filling -------------------------------------------------------------------------------------------


def _cheapest(share, classes, filled_count, aim):
    """How many rows of each class each column takes (C × R), `filled_count` in all.

    Variables: rows of a class that a column takes (A), rows of a class left empty (C), one dossier more for a column (S).
    Equations: each class is shared out; a column takes as many rows as its dossiers; so many rows stay empty.
    """
    groups, columns = np.nonzero(classes.eligible)
    takers, steps = _steps(share, classes)
    class_count, column_count = classes.eligible.shape
    of_class, of_column = _incidence(groups, class_count), _incidence(columns, column_count)
    nothing = np.zeros((1, class_count))
    matrix = scipy.sparse.block_array(
        [
            [of_class, scipy.sparse.eye_array(class_count), None],
            [of_column, None, -_incidence(takers, column_count)],
            [None, scipy.sparse.csr_array(nothing + 1), None],
        ],
        format="csr",
    )
    totals = np.concatenate([classes.sizes, np.zeros(column_count), [classes.sizes.sum() - filled_count]])
    limits = np.concatenate([classes.sizes[groups], classes.sizes, np.ones(len(takers))])
    prices = np.concatenate([classes.costs[groups, columns], nothing[0], steps])
    moved = (classes.kept[groups] != NOBODY) & (classes.kept[groups] != columns)
    changes = np.concatenate([moved, classes.kept != NOBODY, 0 * steps])
    first, then = (prices, changes) if aim is Aim.LEAST_COST else (changes, prices)
    rows_count = class_count + len(groups)
    weight = 1 + classes.sizes.sum() * np.ptp(then[:rows_count]) + _spread(then[rows_count:], filled_count)
    found = scipy.optimize.linprog(
        first * weight + then, A_eq=matrix, b_eq=totals, bounds=np.stack([0 * limits, limits], 1), method="highs-ds"
    )
    counts = np.zeros(classes.eligible.shape, dtype=np.int64)
    counts[groups, columns] = np.rint(found.x[: len(groups)])
    return counts


def _steps(share, classes):
    """The column of each further dossier, and its price: the load that comes before it."""
    most = np.minimum(share.rooms, classes.sizes @ classes.eligible)
    takers = np.repeat(np.arange(len(most)), most)
    nth = np.arange(len(takers)) - np.repeat(np.cumsum(most) - most, most)
    return takers, share.load_weight * (share.loads[takers] + nth)


def _incidence(heads, count):
    """The matrix whose column j has its 1 in row heads[j]."""
    return scipy.sparse.csr_array((np.ones(len(heads)), (heads, np.arange(len(heads)))), shape=(count, len(heads)))


def _spread(prices, count):
    """How far apart two sums of `count` of these prices can be."""
    prices = np.sort(prices)
    return prices[len(prices) - count :].sum() - prices[:count].sum()


def _dealt(classes, counts):
    """The rows of each class handed out in their order to the columns in theirs."""
    for rows, taken in zip(classes.members, counts, strict=True):
        yield from zip(rows, np.repeat(np.arange(len(taken)), taken).tolist(), strict=False)
