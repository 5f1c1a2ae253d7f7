//! Wordings for distress. The messages offer help and sell nothing.

use super::wording::Wording;

pub(super) const RESTRUCTURING: Wording = Wording {
    stake: "every cost will be questioned",
    why: "In a restructuring every contract has to show what it is worth, and the people who use it may change. What shows \
          savings at {customer} early has the best chance to stay.",
    points: [
        "Show what {vendor} saves {customer} today, in terms of the daily work of the {reader}.",
        "Ask which teams and sites are affected, and who takes over their work.",
    ],
    action: "Prepare a short account of use and benefit, and offer the {reader} a contract that fits the smaller organisation \
             before it is asked for.",
    opening: "We read about {news} in your report of {filed_on}. Times like these put much on few shoulders.",
    question: "We would like to help you do more with what you have, and to look at what is no longer needed. Would a short \
               review be useful?",
};

pub(super) const CYBER_INCIDENT: Wording = Wording {
    stake: "security moves to the top of the list",
    why: "After an incident questions come from everywhere: from the board, from customers, from supervisors. At {customer} \
          money for prevention will be found quickly, and trust in every supplier is checked again.",
    points: [
        "Begin with an offer to help; a sales talk in the first days does harm.",
        "Have the facts on the security of {vendor} itself ready: the {reader} will be asked for them.",
    ],
    action: "Send the {reader} a short message of support with the security contact of {vendor}; speak about products only \
             when things have settled.",
    opening: "We read about {news} in your report of {filed_on}. We are sorry, and can imagine how busy these days are.",
    question: "There is nothing you need to do for us. If we can help, for instance with answers that an audit needs from us, \
               a word is enough.",
};

pub(super) const BANKRUPTCY: Wording = Wording {
    stake: "payment and continuity are in question",
    why: "In such proceedings open invoices may not be paid in full, and contracts can be given up or confirmed. What keeps \
          the business of {customer} running has the best chance to stay.",
    points: [
        "Check open invoices, terms of payment and deadlines with finance and legal before promising anything.",
        "Ask which systems count as necessary to go on, and who decides on them now.",
    ],
    action: "Bring in finance and legal first; then ask the {reader} which services must not stop, and confirm those in writing.",
    opening: "We read about {news} in your report of {filed_on}. We know that this is a hard time for your team.",
    question: "We would like to make sure that what you depend on goes on working. Who is the right person to speak to?",
};

pub(super) const DEBT_DEFAULT: Wording = Wording {
    stake: "budgets are short at once",
    why: "A debt that is due early takes money out of running budgets at short notice. Payments and renewals of {customer} \
          may be delayed, and every contract is looked at.",
    points: [
        "Look at open invoices and credit limits with finance.",
        "Consider terms that ease the coming months in return for a longer commitment.",
    ],
    action: "Agree with finance on what can be offered, then talk to the {reader} about payments before an invoice is overdue.",
    opening: "We read about {news} in your report of {filed_on}. We would like to be a supplier who makes things easier now.",
    question: "If another rhythm of payment or a smaller scope would help for a while, let us talk about it early. When would \
               it suit you?",
};

pub(super) const IMPAIRMENT: Wording = Wording {
    stake: "a part of the business under review",
    why: "A write-down says that a part of the business is worth less than was thought, and budgets there shrink first. What \
          {customer} uses in that part will be reviewed.",
    points: [
        "Find out which part of the business is concerned, and whether it works with {vendor}.",
        "Bring figures on use and benefit for that part before they are asked for.",
    ],
    action: "Go through the use in the part concerned with the {reader}, and move what lies idle to where it is needed.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "If plans for a part of the business are changing, we can look together at what is used there and what could be \
               used better elsewhere. Shall we?",
};

pub(super) const DELISTING_NOTICE: Wording = Wording {
    stake: "new commitments will be held back",
    why: "A notice about the listing puts pressure on costs and makes raising money harder. {customer} may hold back \
          commitments until the matter is settled.",
    points: [
        "Check how payments have gone lately, and agree on terms with finance.",
        "Ask whether new commitments are frozen, and until when.",
    ],
    action: "Keep the contract safe first: speak with the {reader} about terms of renewal that carry little risk for both sides.",
    opening: "We read about {news} in your report of {filed_on}. We would like to keep things simple and predictable for you.",
    question: "Is there anything in the running contract that we should look at together?",
};

pub(super) const DISRUPTION: Wording = Wording {
    stake: "a site that has to be replaced",
    why: "When a site is lost or stands still, work has to move elsewhere at once, and what is not needed for that waits. {customer} \
          will remember who made it easier.",
    points: [
        "Ask first how people are, and only then what is missing.",
        "Say which seats, sites or terms of {vendor} can be moved or paused without a new contract.",
    ],
    action: "Call the {reader}, offer what can be moved or paused, and sell nothing.",
    opening: "We read about {news} in your report of {filed_on}, and hope that everybody is safe.",
    question: "If accounts, sites or terms have to be moved for now, we can do that quickly. Whom may we speak to about it?",
};
