"""Search: approach, then better schedules and lower bounds from columns until the gap is closed."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from formulations.decomposition.approach import EXACT_STEPS, FEW_NODES, OF_FEW, OF_MANY
from formulations.decomposition.columns.assignment import assign
from formulations.decomposition.columns.columns import survivors
from formulations.decomposition.columns.combinations import CombinationSearch
from formulations.decomposition.columns.master import MasterProblem
from formulations.decomposition.columns.recursion import Recursion
from formulations.decomposition.columns.remainder import Remainder
from formulations.decomposition.components import components
from formulations.decomposition.neighbourhood import Neighbourhood
from formulations.decomposition.proof.certificates import Certificates
from formulations.decomposition.wide_approach import WIDTHS, WideApproach
from heuristics.certificate import Proof
from heuristics.limits import Limits, Stopped
from heuristics.reporting import report
from heuristics.result import EndedBy
from heuristics.schedule import Schedule

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from formulations.decomposition.approach import Ask
    from formulations.decomposition.columns.columns import Columns
    from formulations.decomposition.components import Component
    from heuristics.certificate import Certificate
    from heuristics.coefficients import Coefficients

MOST_COLUMNS, MOST_OF_NESTED = 50_000, 200_000
"""Maximum number of columns of an edge node, and that in a recursion where pools are nested."""

PART_STEP, PART_STEPS = 0.1, 400
"""First step length and maximum number of steps of the ascent of a component."""

VAIN_MOVES = 200
"""Number of moves without improvement after which the walk ends."""

HEADROOM = 0.02
"""Amount by which the tree value may exceed L in the certificate of an enumeration."""

PARTS = (0.03, 0.06, 0.1, 0.15, 0.2, 0.3)
"""Total losses allowed to columns [requests], in turn, when looking for a better schedule only."""

CHEAP = 0.9
"""Slack below which a proof is cheap; above it a long search for a better schedule comes first."""

FAR, FAR_OF_CROWD = 2.0, 0.05
"""Slack above which an enumeration is hopeless within a time limit: annealing goes on instead.

The second number holds for a crowd of edge nodes, where states are too many for the memory."""

PATIENCE = 3
"""Factor of the number of schedules without improvement, if no columns follow and the gap is more
than one request."""

FEW_LOOKS, MOST_LOOKS = 20_000_000, 600_000_000
"""Maximum number of ways examined when looking for a better schedule, and for a proof."""


class Search(WideApproach):
    """One run on P1: the approach, then columns while a gap remains.

    Part of the time limit is reserved for the last certificate.

    Attributes
    ----------
    certificates
        Certificates of the bounds that prices proved on the way.
    apart
        Sum of the bounds of the components; infinite if they were not searched apart.
    cut_by
        Limit that ended the search of some component early; completed if none did.
    """

    apart = inf
    cut_by = EndedBy.COMPLETED
    _varied_in_vain: Schedule | None = None
    _improved_in_vain: tuple[Schedule, int] | None = None

    def __init__(
        self,
        data: Coefficients,
        limits: Limits,
        *,
        seed: int = 0,
        incumbent: Schedule | None = None,
        ask: Ask | None = None,
    ) -> None:
        super().__init__(data, limits, seed=seed, incumbent=incumbent, ask=ask)
        self.certificates = Certificates(data, self.nodes, limits)

    @property
    def value(self) -> float:
        """L of the best prices."""
        return self.ascent.value

    @property
    def left_s(self) -> float | None:
        """Time until the end of the run, reserve included [s]; None without a limit."""
        return self.certificates.left_s

    def tighten(self) -> None:
        """Improve bound and incumbent as far as prices do without columns."""
        self.approach()
        if not self.is_wide:  # where columns follow, shorter steps cost more time than they save
            self.climb(exact=True, step=0.1, num_steps=EXACT_STEPS)
            is_far = self.bound > self.known + 1
            self.schedule(num_vain=OF_FEW.num_vain * (PATIENCE if is_far else 1))

    def finish(self) -> None:
        """Close the gap between bound and incumbent, as far as the limits allow."""
        try:
            self.approach()
            if self.is_wide and not self.is_closed:
                parts = components(self.data)
                if len(parts) > 1:
                    self._finish_parts(parts)
            if self.apart > self.known:
                self._close()
        except Stopped as stopped:
            if stopped.ended_by is EndedBy.TIME_LIMIT and self.is_wide:
                self._use_reserve()
            raise

    def _use_reserve(self) -> None:
        """Make the last certificate, and look for better schedules in the time that is left."""
        if self.is_enumerated:
            return
        self.keep_pace(is_due=True, is_last=True)
        with self._released():
            self._widen() or self.anneal_on()

    def _close(self) -> None:
        while not self.is_closed and self.advance():
            pass

    def _finish_parts(self, parts: list[Component]) -> None:
        """Close the gaps of the components apart; their bounds are rounded down apart too.

        The certificate has one sum for the whole. A bound below it counts as an enumeration only
        if columns of the whole confirm it.
        """
        bounds, num_left = 0, sum(len(part.requests) for part in parts)
        try:
            for part in parts:
                bounds += self._finish_part(part, len(part.requests) / num_left)
                num_left -= len(part.requests)
        finally:
            self.ascent.value, _, _ = self.ascent.evaluate(self.ascent.point, exact=True)
            if self.price_bound < self.bound:
                self.bound, self.is_enumerated = self.price_bound, False
        self._note()
        self.apart = bounds
        if bounds == self.bound - 1:
            self.recur(self.problem(self.bound))

    def _finish_part(self, part: Component, share: float) -> int:
        """Close the gap of a component within a share of the time, and return its bound."""
        left_s, left_nodes = self.limits.left_s, self.limits.node_limit
        limits = Limits(
            time_limit=None if left_s is None else share * left_s,
            node_limit=None if left_nodes is None else left_nodes - self.limits.num_nodes,
        )
        place = {int(request): at for at, request in enumerate(part.requests)}
        batches = [list(batch) for batch in self.incumbent.batches]
        start = Schedule.of([place[i] for i in batches[j]] for j in part.edge_nodes)
        search = PartSearch(part.of(self.data), limits, seed=self.seed, incumbent=start)
        search.ascent.start(self.ascent.prices().part(part.edge_nodes, part.requests))
        try:
            search.climb(exact=True, step=PART_STEP, num_steps=PART_STEPS)
            search._close()
        except Stopped as stopped:
            if stopped.ended_by is not EndedBy.TIME_LIMIT:
                raise
            self.cut_by = stopped.ended_by
        finally:
            self.limits.num_nodes += limits.num_nodes
            for j, batch in zip(part.edge_nodes, search.incumbent.batches, strict=True):
                batches[j] = [int(part.requests[at]) for at in batch]
            self.offer(Schedule.of(batches))
            self.ascent.insert(search.ascent.prices(), part.edge_nodes, part.requests)
        return search.bound

    def advance(self) -> bool:
        """Take the most promising step; return True if it improved the bound or the incumbent."""
        self.keep_pace(is_due=True)
        problem = self.problem(self.bound)
        if self.nodes.num_edge_nodes > FEW_NODES:
            is_nested = self.ascent.nested is not None
            far = FAR_OF_CROWD if self.is_crowd else FAR
            is_cheap = problem.slack < (FAR if is_nested else CHEAP)
            is_decided_soon = problem.slack < CHEAP and self.bound == self.known + 1
            with self._released():
                if not is_decided_soon and self._widen():
                    return True
                if problem.slack > far and self.anneal_on():
                    return True
            is_annealed = is_nested or is_decided_soon or problem.slack > far
            if not is_annealed and self.anneal():
                return True
            if is_cheap and self.recur(problem):
                return True
            if self.improve(FEW_LOOKS) or self.vary():
                return True
            if not is_cheap and (self.improve(MOST_LOOKS) or self.recur(problem)):
                return True
        return self.enumerate(problem)

    def _widen(self) -> bool:
        """Search wider and wider beams, the widest under a time limit; True on success."""
        widths = WIDTHS[:-1] if self.limits.time_limit is None else WIDTHS
        while self._num_widened < len(widths):
            if self.widen():
                return True
        return False

    def keep_pace(self, *, is_due: bool = False, is_last: bool = False) -> None:
        """Prove the bound of the prices, if it is due: a limit must not lose what was proved."""
        proved = self.ascent.prices(), self.price_bound
        self.certificates.keep_pace(*proved, is_due=is_due, is_last=is_last)

    def _released(self) -> AbstractContextManager[None]:
        """Give the reserve to the search for schedules, if the bound is proved."""
        if self.is_enumerated:
            return nullcontext()
        return self.certificates.released(self.ascent.prices(), self.price_bound)

    def certify(self, *, time_limit: float | None) -> Certificate:
        """Return a certificate of the bound, or of a weaker bound if time runs out.

        Parameters
        ----------
        time_limit
            Time limit [s].
        """
        made = self.certificates.make(
            self.ascent.prices(),
            self.price_bound,
            Limits(time_limit=time_limit),
            headroom=HEADROOM if self.is_enumerated else 1.0,
        )
        if self.is_enumerated and self.bound < made.bound:
            return replace(
                made, bound=self.bound, proof=Proof.ENUMERATION, tree_bound=made.tree_bound
            )
        return made

    def vary(self) -> bool:
        """Walk through schedules of the incumbent's size; return True if it finds a better one."""
        if self._varied_in_vain is self.incumbent or self.is_closed:
            return False
        # The last request is the hardest to gain: only for it are thorough moves worth their time.
        effort = OF_MANY if self.bound == self.known + 1 else OF_FEW
        neighbourhood = Neighbourhood(self.data, self.ascent.prices(), self.seed, effort)
        schedule = self.incumbent
        for _ in range(VAIN_MOVES):
            schedule = neighbourhood.move(schedule, self.limits) or schedule
            if self.offer(schedule):
                return True
        self._varied_in_vain = self.incumbent
        return False

    def improve(self, most_looks: int) -> bool:
        """Look for a better schedule among columns of small total loss; return True on success.

        The allowed loss grows until the search examines more than ``most_looks`` ways.
        """
        if self.is_closed or self._improved_in_vain == (self.incumbent, most_looks):
            return False
        self._improved_in_vain = self.incumbent, most_looks
        problem = self.problem(self.known + 1)
        for part in PARTS:
            recursion = self._recursion(problem, part) if part < problem.slack else None
            if recursion is None:
                return False
            recursion.run(self.limits, until=self.bound, most_looks=most_looks)
            if self._offer_chosen(recursion):
                return True
            if not recursion.is_complete or recursion.chosen() is not None:
                return False
        return False

    def enumerate(self, problem: MasterProblem) -> bool:
        """Decide whether a schedule meets the bound, by columns or else by the remainder's MILP.

        Returns
        -------
        bool
            True if the bound or the incumbent was improved.
        """
        columns = self._columns(problem, problem.slack, MOST_COLUMNS)
        if columns is not None:
            is_refuted = self._combine(problem, columns)
        elif self._ask():
            return True
        else:
            is_refuted = self._solve_remainder(problem)
        return self._refute(is_refuted) or self.is_closed

    def _refute(self, is_refuted: bool) -> bool:
        """Lower the bound by one if it was refuted; return the argument."""
        if is_refuted:
            self.bound, self.is_enumerated = self.bound - 1, True
            self._note()
        return is_refuted

    def problem(self, target: int) -> MasterProblem:
        """Return the question whether a schedule of ``target`` requests exists."""
        value, _, values = self.ascent.evaluate(self.ascent.point, exact=True)
        prices = self.ascent.prices()
        return MasterProblem(self.data, self.nodes, prices, values, value - target, target)

    def _columns(self, problem: MasterProblem, slack: float, most: int) -> list[Columns] | None:
        return survivors(
            self.nodes,
            problem.prices,
            problem.value,
            slack,
            most=most,
            limits=self.limits,
        )

    def recur(self, problem: MasterProblem) -> bool:
        """Decide by the recursion whether a schedule meets the bound; return True if it could."""
        recursion = self._recursion(problem, problem.slack)
        if recursion is None:
            return False
        recursion.run(self.limits, until=problem.target, most_looks=MOST_LOOKS)
        if recursion.chosen() is not None:
            return self._offer_chosen(recursion)
        return self._refute(recursion.is_complete)

    def _recursion(self, problem: MasterProblem, allowed: float) -> Recursion | None:
        most = MOST_COLUMNS if self.ascent.nested is None else MOST_OF_NESTED
        columns = self._columns(problem, allowed, most)
        if columns is None:
            return None
        recursion = Recursion(problem, columns, allowed)
        return recursion if recursion.is_possible else None

    def _offer_chosen(self, recursion: Recursion) -> bool:
        """Assign requests to the best combination; return True if the schedule is better."""
        chosen = recursion.chosen()
        if chosen is None:
            return False
        found = assign(self.data, self.nodes, chosen, self.limits, seed=self.seed)
        return self.offer(found.schedule)

    def _combine(self, problem: MasterProblem, columns: list[Columns]) -> bool:
        """Search the combinations of columns; return True if none of them makes a schedule."""
        combinations = CombinationSearch(
            self.data,
            self.nodes,
            problem.prices,
            columns,
            problem.target - 1,
            seed=self.seed,
        )
        try:
            combinations.run(self.limits, until=problem.target)
        finally:
            self.offer(combinations.schedule)
        return combinations.bound < problem.target

    def _solve_remainder(self, problem: MasterProblem) -> bool:
        """Solve the remainder as one MILP; return True if it proves that no schedule exists."""
        found = Remainder(problem).solve(self.limits, seed=self.seed)
        self.offer(found.schedule)
        if found.schedule is None and not found.is_refuted:
            self.limits.check_time()
            self.limits.check_nodes()
        return found.is_refuted

    def _note(self) -> None:
        super()._note()
        report(schedule=self.incumbent, bound=self.bound)


class PartSearch(Search):
    """Search on a component: the whole problem makes the certificates."""

    def __init__(self, data: Coefficients, limits: Limits, **options: Any) -> None:
        time_limit = limits.time_limit
        super().__init__(data, limits, **options)
        limits.time_limit = time_limit

    def keep_pace(self, *, is_due: bool = False, is_last: bool = False) -> None:
        """Make no certificate."""
