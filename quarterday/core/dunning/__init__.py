"""What is done about an unpaid invoice, and when: policies as data, and the rules of taking steps.

`steps_due` says what is due on a day, `foresee_steps` what will come; `read_policy` reads a policy
from data, and `POLICIES` are those that come with the house.
"""

from quarterday.core.dunning.builtin import POLICIES
from quarterday.core.dunning.days import first_moment, is_weekday, move_day, next_moment
from quarterday.core.dunning.due import (
    Coming,
    Debt,
    Due,
    Passed,
    StepsDue,
    Taken,
    foresee_steps,
    steps_due,
)
from quarterday.core.dunning.fee import LateFee, compute_fee
from quarterday.core.dunning.policy import NONE, DunningPolicy
from quarterday.core.dunning.read import check_code, read_policy, step_to_data, to_data
from quarterday.core.dunning.setup import DunningSetup, read_setup
from quarterday.core.dunning.step import (
    BEFORE_DUE,
    CONSEQUENCES,
    HOLDS,
    MESSAGES,
    ON_SERVICES,
    TEMPLATES,
    Action,
    DunningStep,
    Unit,
)
from quarterday.core.dunning.tone import TELLING, TONES, tone_of

__all__ = [
    "BEFORE_DUE",
    "CONSEQUENCES",
    "HOLDS",
    "MESSAGES",
    "NONE",
    "ON_SERVICES",
    "POLICIES",
    "TELLING",
    "TEMPLATES",
    "TONES",
    "Action",
    "Coming",
    "Debt",
    "Due",
    "DunningPolicy",
    "DunningSetup",
    "DunningStep",
    "LateFee",
    "Passed",
    "StepsDue",
    "Taken",
    "Unit",
    "check_code",
    "compute_fee",
    "first_moment",
    "foresee_steps",
    "is_weekday",
    "move_day",
    "next_moment",
    "read_policy",
    "read_setup",
    "step_to_data",
    "steps_due",
    "to_data",
    "tone_of",
]
