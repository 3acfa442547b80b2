"""What a call costs the service desk, beside statements written by hand: who calls, what is known, and logging it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.text import typed_words
from crm_desktop.services import calls, knowledge
from crm_desktop.services.calls import Call
from crm_desktop.services.lookup import fetch_choices
from crm_desktop.services.search import Hit
from crm_desktop.spec import Ref
from tests.bench.measure import Figure, compare
from tests.bench.seat import Seat

SUGGESTED_MS = 50
_PROBLEM = "打印机卡纸"
_OTHER_PROBLEMS = ("打印机", "开机无反应", "发黑有竖线，换了硒鼓也没有用")
# What whoever knows how rare each pair of these characters is would write for exactly these words.
_ARTICLES = """
    select k.id, k.code, k.name, k.problem, k.solution, k.useful_count, k.used_count, p.name from (
      select k.*, (select sum(w.weight * case when position(w.word in lower(k.name)) > 0 then 2
                                             when position(w.word in lower(k.keywords)) > 0 then 1.8
                                             when position(w.word in lower(k.problem)) > 0 then 1.4 else 1 end)
                   from (values ('打印', 0.6), ('印机', 1.2), ('机卡', 4.3), ('卡纸', 3)) w (word, weight)
                   where position(w.word in k.search_text) > 0) as score
      from crm.knowledge_article k
      where crm.owned_grams(k.search_grams, k.audience_id) operator(crm.@>>) '{卡纸, owner 0}'::text[]
      order by score desc, k.useful_count - k.useless_count + k.used_count desc limit 5) k
    left join crm.product p on p.id = k.product_id
"""
_CALLER = text("""
    select c.id, right(regexp_replace(c.phones[1], '[^0-9]', '', 'g'), 8) from crm.customer c
    join crm.service_request r on r.customer_id = c.id
    where r.solved_at is null and c.phones <> '{}' order by c.id limit 1
""")
_FOUND = """
    position(%(word)s in search_text) > 0
    and crm.owned_grams(search_grams, owner_id) operator(crm.@>>) %(grams)s::text[]
    order by position(%(word)s in search_text) > 1, length(search_text), id limit 8
"""
_KNOWN = (
    f"""
    select 'customer', c.id, c.name, concat_ws(' · ', c.code, r.full_name, o.name)
      from (select id, name, code, region_id, owner_id from crm.customer where {_FOUND}) c
      left join crm.dictionary_entry r on r.id = c.region_id left join crm.employee o on o.id = c.owner_id
    union all
    select 'contact', k.id, k.name, concat_ws(' · ', c.name, k.title, array_to_string(k.phones, ', '))
      from (select id, name, title, phones, customer_id from crm.contact where {_FOUND}) k
      left join crm.customer c on c.id = k.customer_id
    """,
    """select c.id, c.name, c.phones, l.id, l.name, l.tone, l.code, e.name from crm.customer c
       left join crm.dictionary_entry l on l.id = c.level_id left join crm.employee e on e.id = c.owner_id
       where c.id = %(id)s""",
    "select id, name from crm.contact where customer_id = %(id)s and not has_left order by is_main desc, id limit 50",
    """select m.id, m.serial, p.name, m.warranty_until from crm.installed_product m
       left join crm.product p on p.id = m.product_id where m.customer_id = %(id)s
       order by m.delivered_on desc nulls last, m.id limit 50""",
    """select r.id, r.subject, s.id, s.name, s.tone, e.name from crm.service_request r
       join crm.dictionary_entry s on s.id = r.state_id join crm.employee e on e.id = r.owner_id
       where r.customer_id = %(id)s and r.solved_at is null and r.closed_at is null
       order by r.reported_at desc limit 20""",
    _ARTICLES,
)
_LOG = (
    "select journal.begin_change('create', 'bench')",
    """insert into crm.service_request (subject, customer_id, type_id, channel_id, severity_id, priority_id)
       values (%(subject)s, %(id)s, crm.choice('request_type', 'repair'), crm.choice('channel', 'phone'),
               crm.choice('severity', 'major'), crm.choice('priority', 'normal')) returning id, code""",
)
_CHOSEN = {"type": ("request_type", "repair"), "channel": ("channel", "phone"), "severity": ("severity", "major"),
           "priority": ("priority", "normal")}  # fmt: skip


def a_caller(session: Session) -> tuple[int, str]:
    """A customer with open requests, and the end of his number."""
    id_, number = session.execute(_CALLER).one()
    return id_, number


class ServiceDay(Seat):
    """As the page on which calls are logged asks."""

    def figures(self) -> Iterator[Figure]:
        """What is suggested for problems, and a call from its number to the saved request."""
        suggested, by_hand = partial(self._suggest, _PROBLEM), partial(self.hand, _ARTICLES)
        yield self.figure("suggest articles", suggested, by_hand, 2, 1, SUGGESTED_MS)
        for problem in _OTHER_PROBLEMS:
            taken, _nothing = compare(partial(self._suggest, problem), lambda: None)
            yield Figure(f"suggest articles, {problem[:5]}", taken, 0, 0, 0, 0, SUGGESTED_MS)
        yield self._log_call()

    def _suggest(self, problem: str) -> None:
        with self.gateway.read() as session:
            knowledge.suggest(session, problem)

    def _log_call(self) -> Figure:
        with self.gateway.read() as session:
            id_, number = a_caller(session)
            choices = fetch_choices(session)
        chosen = {key: choices.find(*words) for key, words in _CHOSEN.items()}
        (word,) = typed_words(number)
        asked = {"id": id_, "word": word.text, "grams": word.grams}
        numbers = count(1)

        def ours() -> None:
            with self.gateway.read() as session:
                calls.find_callers(session, number, self.person)
                calls.fetch_caller(session, Hit("customer", id_, "", ""))
            self._suggest(_PROBLEM)
            call = Call(Ref(id_, ""), {**chosen, "subject": f"{_PROBLEM} {next(numbers)}"})
            with self.gateway.write() as session:
                calls.log_call(session, self.person, call)

        def by_hand() -> None:
            self.hand(*_KNOWN, **asked)
            self.hand(*_LOG, subject=f"{_PROBLEM} {next(numbers)}", id=id_)

        return self.figure("log a call", ours, by_hand, 2, 6)
