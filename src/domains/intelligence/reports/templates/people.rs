//! Wordings for changes of people.

use super::wording::Wording;

pub(super) const EXECUTIVE_HIRE: Wording = Wording {
    stake: "a new decision maker",
    why: "A new executive looks at suppliers and priorities afresh, and what is decided in the first months tends to stay. \
          What {customer} has from {vendor} will be part of that look.",
    points: [
        "Early results count most for {who}: offer one that others can see before the quarter ends.",
        "Good relations with whoever held the role before do not carry over; the case for {vendor} has to be made again.",
    ],
    action: "Ask the {reader} for an introduction to {who}, and bring one page on what {vendor} does for {customer} today.",
    opening: "We read about {news} in your report of {filed_on}. Such a change is often the moment at which a team looks \
              again at how it works.",
    question: "Could we take half an hour to go through what is in place today, and what could come next?",
};

pub(super) const EXECUTIVE_DEPARTURE: Wording = Wording {
    stake: "a sponsor may be gone",
    why: "When an executive leaves, agreements and habits that hung on that person are open again. The next renewal at \
          {customer} needs support that does not rest on one name.",
    points: [
        "Find out who decides until a successor is named, and who signs the next renewal.",
        "Write down what was agreed with {who}, so that nothing is lost in the hand-over.",
    ],
    action: "Call the {reader} and settle who answers for the contract with {vendor} now; plan a review of results with \
             that person.",
    opening: "We read about {news} in your report of {filed_on}. We would like the work with you to go on without a gap.",
    question: "Whom should we speak to about the running contract and the months ahead? A short call is enough.",
};

pub(super) const DIRECTOR_CHANGE: Wording = Wording {
    stake: "new questions from the top",
    why: "A change on the board seldom changes a purchase at once, but it changes what management is asked to show. Teams at \
          {customer} that have their results at hand are better placed.",
    points: [
        "Ask which subjects the board wants to see more of in the coming quarters.",
        "Offer figures from daily use that the {reader} can pass on upwards.",
    ],
    action: "Use the news as a reason for a regular talk with the {reader}, and do not sell; note what is said about {who}.",
    opening: "We read about {news} in your report of {filed_on}.",
    question: "If new questions reach your team from the board, we can help with figures and examples from daily use. Would \
               a brief exchange be welcome?",
};
