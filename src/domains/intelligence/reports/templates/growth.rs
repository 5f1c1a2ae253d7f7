//! Wordings for deals: purchases, sales, agreements, financing.

use super::wording::Wording;

pub(super) const ACQUISITION: Wording = Wording {
    stake: "more people and systems to bring together",
    why: "An acquisition brings people, data and systems that have to be joined with what {customer} runs today. Which tools \
          stay is decided early, and the number of users follows from it.",
    points: [
        "Ask which teams of the acquired business will work with what {customer} has from {vendor}.",
        "Offer a plan for the first steps of the integration, with one contact on each side.",
    ],
    action: "Propose a workshop on the integration to the {reader}, before the choice of tools is made.",
    opening: "We read about {news} in your report of {filed_on}. Bringing another business on board is much work in little \
              time.",
    question: "Shall we look together at which steps we can take off your hands, and in which order?",
};

pub(super) const MATERIAL_AGREEMENT: Wording = Wording {
    stake: "new commitments to deliver on",
    why: "An agreement of this weight brings commitments, and teams at {customer} need capacity to meet them. That is a good \
          moment to extend what already works.",
    points: [
        "Ask what {customer} has promised under the agreement, and which teams carry it.",
        "Point out where more users or modules would take load off those teams.",
    ],
    action: "Ask the {reader} what the agreement changes in the plan for the year, and make a proposal for the teams concerned.",
    opening: "We read about {news} in your report of {filed_on}. Congratulations, and good luck with what follows from it.",
    question: "If it means more work for your team, we would gladly show what could be taken off it. Is a brief call possible?",
};

pub(super) const AGREEMENT_ENDED: Wording = Wording {
    stake: "a gap to be filled",
    why: "Where an agreement ends, what it covered has to come from somewhere else. {customer} will compare suppliers, and \
          who is there early has a say in the requirements.",
    points: [
        "Find out what the ended agreement covered, and by when a replacement is needed.",
        "Keep to what {vendor} can truly replace, and say openly what it cannot.",
    ],
    action: "Ask the {reader} whether a replacement is being looked for, and offer help with the list of requirements.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "If you are looking for a replacement for a part of it, we can tell you quickly what we cover and what we do \
               not. Would that help?",
};

pub(super) const DEBT_OR_FINANCING: Wording = Wording {
    stake: "money for plans that had to wait",
    why: "Fresh money is usually tied to plans: growth, a renewal of systems, or room to move. Projects that {customer} put \
          off for lack of budget come back on the table.",
    points: [
        "Ask what the money is meant for, and whether the {reader} has a part in it.",
        "Bring back proposals to {customer} that failed for budget alone.",
    ],
    action: "Bring a proposal up to date for the {reader}, and tie it to a plan that the money is meant for.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "If projects that had to wait are being planned again, we would gladly bring our proposals up to date. Would \
               that be of interest?",
};

pub(super) const CHANGE_OF_CONTROL: Wording = Wording {
    stake: "a new owner who will choose",
    why: "A new owner brings suppliers and standards of its own and compares them with what is there. Contracts of {customer} \
          are reviewed, ended, or extended to the group.",
    points: [
        "Find out what the new owner uses for the same work, and who decides.",
        "Check what the contract with {customer} says about a change of owner.",
    ],
    action: "Help the {reader} to make the case for what works today, and ask for an introduction to the new owner's people.",
    opening: "We read about {news} in your report of {filed_on}. Changes like this bring many questions at once.",
    question: "When systems are compared, facts from daily use count. We would gladly put them together for you; shall we begin?",
};

pub(super) const DIVESTITURE: Wording = Wording {
    stake: "a smaller scope to plan for",
    why: "What is sold takes users, data and contracts with it. Before the next renewal {customer} will look at what is still \
          needed, and the buyer will need something of its own.",
    points: [
        "Clarify which users and data leave with the business, and by when access has to be separated.",
        "Ask for a contact at the new owner: the business may go on working with {vendor}.",
    ],
    action: "Go through the scope of the contract with the {reader} well before the renewal, and offer help with the \
             separation.",
    opening: "We read about {news} in your report of {filed_on}. Where a business is separated, accounts and data have to be \
              separated cleanly too.",
    question: "We can help with that, and fit the contract to what remains. When would it suit you to go through the list?",
};
