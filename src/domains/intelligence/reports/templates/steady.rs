//! Wordings for accounts, auditors, results and other news.

use super::wording::Wording;

pub(super) const RESTATEMENT: Wording = Wording {
    stake: "trust in figures has to be rebuilt",
    why: "When published statements can no longer be relied upon, controls and the origin of every figure come under review. \
          Until that is done, {customer} will spend little on anything else.",
    points: [
        "Expect slower decisions and more signatures, and plan the renewal accordingly.",
        "Where {vendor} can show where a figure comes from, or who approved it, say so.",
    ],
    action: "Move the talk about the renewal with the {reader} forward, and offer records that help with the review.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "Should the review need records or exports from what you have from us, we will provide them quickly. Whom may \
               we count as our contact for it?",
};

pub(super) const AUDITOR_CHANGE: Wording = Wording {
    stake: "new questions about controls",
    why: "A new auditor asks new questions about controls, access and records. For {customer} that is a reason to talk, not a \
          need in itself.",
    points: [
        "Ask whether the new auditor has named systems that will be looked at.",
        "Offer the documents on controls and access that {vendor} has at hand.",
    ],
    action: "Mention it in the next talk with the {reader}, and send the documents that auditors usually ask for.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "If new questions about controls or access reach you, we are glad to help with documents. Would a list of what \
               we have be useful?",
};

pub(super) const LITIGATION: Wording = Wording {
    stake: "attention and money bound by lawyers",
    why: "A verdict, a settlement or an investigation binds management and money for a while. For {customer} it is a reason to \
          be considerate, and seldom a need in itself.",
    points: [
        "Ask, and do not guess, whether budgets or approvals are held back for now.",
        "Offer records and exports from {vendor} where they help with what has to be shown.",
    ],
    action: "Mention it to the {reader} only if they do, and ask which projects go on as planned.",
    opening: "We would like to keep our work with you useful in the weeks after your report of {filed_on}.",
    question: "Is there anything in our running work that you would like to change for now? A short word is enough.",
};

pub(super) const RESULTS: Wording = Wording {
    stake: "priorities that show in the figures",
    why: "Results show where {customer} grows and where it must save, and the plans for the coming quarters follow from them. \
          Who has read them is taken more seriously.",
    points: [
        "Read the report before the call, and bring one figure from it that concerns the {reader}.",
        "Ask which goals for the coming quarters have moved up, and which down.",
    ],
    action: "Open the next talk with the {reader} with the results, and link one figure to a goal of theirs.",
    opening: "We read {news} in your report of {filed_on}.",
    question: "Which of the topics in it matter most for your team in the coming months? We would be glad to think along.",
};

pub(super) const OTHER: Wording = Wording {
    stake: "a reason to talk",
    why: "The report tells of something that {customer} thought worth publishing. What it changes in the work of the {reader} \
          is best asked directly.",
    points: [
        "Read the sentence of the report, and ask one open question about it.",
        "Listen for deadlines and projects, and note them in the account plan.",
    ],
    action: "Mention the news in the next talk with the {reader}, and ask what it changes.",
    opening: "We read {news} in your report of {filed_on}.",
    question: "Does it change anything in what you need from us? We would be glad to hear.",
};
