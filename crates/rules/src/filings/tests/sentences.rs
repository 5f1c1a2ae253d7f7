//! Sentences as filers write them, and the signals that they are and are not.

use super::{read, told};

/// The item, its text, and the signals: `TYPE`, or `TYPE name; role; date`.
const SENTENCES: &[(&str, &str, &[&str])] = &[
    (
        "5.02",
        "On May 1, 2024, the Board of Directors appointed Jane Q. Roe as Chief Financial Officer of the Company, effective May 15, 2024.",
        &["EXECUTIVE_HIRE Jane Q. Roe; Chief Financial Officer; 2024-05-15"],
    ),
    (
        "5.02",
        "On May 1, 2024, John Doe notified the Company of his decision to resign as Chief Operating Officer, effective June 30, 2024.",
        &["EXECUTIVE_DEPARTURE John Doe; Chief Operating Officer; 2024-06-30"],
    ),
    (
        "5.02",
        "On May 1, 2024, the Board elected Mary Major to the Board as an independent director, effective immediately.",
        &["DIRECTOR_CHANGE Mary Major; director; 2024-05-01"],
    ),
    (
        "5.02",
        "Richard Roe, a member of the Board of Directors, informed the Company that he will not stand for re-election at the 2024 annual meeting.",
        &["DIRECTOR_CHANGE Richard Roe; director; -"],
    ),
    (
        "5.02",
        "Sarah Lindqvist will succeed Peter Hallam as President and Chief Executive Officer on July 1, 2024.",
        &[
            "EXECUTIVE_HIRE Sarah Lindqvist; President and Chief Executive Officer; 2024-07-01",
            "EXECUTIVE_DEPARTURE Peter Hallam; President and Chief Executive Officer; 2024-07-01",
        ],
    ),
    (
        "5.02",
        "Effective April 3, 2024, Anita Desai-Cole was promoted to Senior Vice President and General Counsel.",
        &["EXECUTIVE_HIRE Anita Desai-Cole; Senior Vice President and General Counsel; 2024-04-03"],
    ),
    (
        "5.02",
        "Mr. Thomas O’Brien, the Company’s Chief Accounting Officer, will retire on December 31, 2024.",
        &["EXECUTIVE_DEPARTURE Thomas O’Brien; Chief Accounting Officer; 2024-12-31"],
    ),
    (
        "5.02",
        "The Board appointed each of Ana Alvarez and Bo Chen to serve as directors of the Company.",
        &["DIRECTOR_CHANGE Ana Alvarez; director; -", "DIRECTOR_CHANGE Bo Chen; director; -"],
    ),
    (
        "5.02",
        "The Company announced the resignation of Karl Meier, Chief Technology Officer, to pursue other interests.",
        &["EXECUTIVE_DEPARTURE Karl Meier; Chief Technology Officer; -"],
    ),
    (
        "5.02",
        "On March 3, 2024, the employment of Paul Varga as Chief Marketing Officer was terminated without cause.",
        &["EXECUTIVE_DEPARTURE Paul Varga; Chief Marketing Officer; 2024-03-03"],
    ),
    // Pay and hypothetical ends.
    (
        "5.02",
        "On May 1, 2024, the Committee approved an increase of the base salary of Jane Roe, Chief Executive Officer, to $900,000.",
        &[],
    ),
    (
        "5.02",
        "In the event of the termination of Mr. Roe’s employment without cause, he will be entitled to his base salary for a year.",
        &[],
    ),
    ("5.02", "If Ms. Roe resigns for good reason, her awards will vest.", &[]),
    ("5.02", "Under the agreement, Jane Roe will continue to serve as Chief Executive Officer.", &[]),
    (
        "5.02",
        "(e) On May 1, 2024, the Company and Jane Roe, who was appointed Chief Executive Officer, entered into a letter about her pay.",
        &[],
    ),
    (
        "5.02",
        "Prior to joining the Company, Ms. Jane Roe was appointed Chief Financial Officer of Acme Corp. in 2015.",
        &[],
    ),
    ("5.02", "The Board appointed Mary Major to the Audit Committee and the Compensation Committee.", &[]),
    (
        "5.02",
        "There is no arrangement between John Doe and any other person pursuant to which he was elected as a director.",
        &[],
    ),
    ("5.02", "The stockholders approved the 2024 Equity Incentive Plan at the annual meeting.", &[]),
    // Other items.
    (
        "1.05",
        "On May 1, 2024, the Company identified unauthorized access to its information technology systems.",
        &["CYBER_INCIDENT"],
    ),
    (
        "1.03",
        "On May 1, 2024, the Company filed a voluntary petition under Chapter 11 of the Bankruptcy Code.",
        &["BANKRUPTCY"],
    ),
    ("1.01", "On May 1, 2024, the Company entered into a supply agreement with Acme Corp.", &["MATERIAL_AGREEMENT"]),
    (
        "1.01",
        "On May 1, 2024, the Company entered into a Credit Agreement with Bank of Ruritania, N.A., for a term loan of $450 million.",
        &["DEBT_OR_FINANCING"],
    ),
    (
        "1.01",
        "On May 1, 2024, the Company entered into an Agreement and Plan of Merger with Acme Inc. and Merger Sub, under which Merger Sub will merge with and into Acme Inc., with Acme Inc. surviving as a wholly owned subsidiary of the Company.",
        &["ACQUISITION"],
    ),
    (
        "1.01",
        "The Company entered into an Agreement and Plan of Merger with Giant Parent, Inc. and Merger Sub, under which Merger Sub will merge with and into the Company, with the Company surviving as a wholly owned subsidiary of Giant Parent, Inc.",
        &["CHANGE_OF_CONTROL"],
    ),
    (
        "1.01",
        "On May 1, 2024, the Company agreed to sell its Industrial Products business to Acme Corp. for $90 million in cash.",
        &["DIVESTITURE"],
    ),
    ("1.02", "On May 1, 2024, the Company terminated the supply agreement with Acme Corp.", &["AGREEMENT_ENDED"]),
    (
        "2.01",
        "On May 1, 2024, the Company completed its previously announced acquisition of Acme Inc. for $2.5 billion.",
        &["ACQUISITION"],
    ),
    ("2.01", "On May 1, 2024, the Company completed the sale of its Paper division to Acme Inc.", &["DIVESTITURE"]),
    (
        "2.02",
        "On May 1, 2024, the Company issued a press release announcing its financial results for the quarter ended March 31, 2024.",
        &["RESULTS"],
    ),
    ("2.03", "The information set forth in Item 1.01 is incorporated by reference into this Item 2.03.", &[]),
    ("2.04", "The lenders notified the Company of an event of default and accelerated the loan.", &["DEBT_DEFAULT"]),
    ("2.05", "The Board approved a plan to reduce the Company’s workforce by approximately 12%.", &["RESTRUCTURING"]),
    (
        "2.06",
        "The Company concluded that an impairment charge of $30 million to $35 million is required.",
        &["IMPAIRMENT"],
    ),
    (
        "3.01",
        "The Company received a letter from Nasdaq that it is not in compliance with the minimum bid price requirement.",
        &["DELISTING_NOTICE"],
    ),
    (
        "3.02",
        "On May 1, 2024, the Company sold 1,000,000 shares of its Series A Preferred Stock to an investor for $10 million.",
        &["DEBT_OR_FINANCING"],
    ),
    ("3.03", "The rights of holders of the common stock were modified.", &[]),
    (
        "4.01",
        "On May 1, 2024, the Audit Committee dismissed Doe & Co. LLP as its independent registered public accounting firm.",
        &["AUDITOR_CHANGE"],
    ),
    (
        "4.02",
        "The Audit Committee concluded that the financial statements for 2023 should no longer be relied upon.",
        &["RESTATEMENT"],
    ),
    (
        "5.01",
        "On May 1, 2024, Giant Parent, Inc. acquired a majority of the voting power of the Company.",
        &["CHANGE_OF_CONTROL"],
    ),
    ("5.03", "The Board adopted amended and restated bylaws.", &[]),
    ("5.07", "The stockholders elected Jane Roe as a director and ratified the appointment of Doe & Co. LLP.", &[]),
    ("5.08", "The annual meeting will be held on June 1, 2024.", &[]),
    ("9.01", "(d) Exhibits. 2.1 Agreement and Plan of Merger, by which the Company acquired Acme Inc.", &[]),
    ("8.01", "On May 1, 2024, the Company announced a reduction in force of 300 employees.", &["RESTRUCTURING"]),
    (
        "8.01",
        "On May 1, 2024, the Company announced that it detected a ransomware attack on parts of its network.",
        &["CYBER_INCIDENT"],
    ),
    (
        "8.01",
        "On May 1, 2024, the Company priced an offering of $500 million of 5.25% senior notes due 2031.",
        &["DEBT_OR_FINANCING"],
    ),
    (
        "8.01",
        "On May 1, 2024, the Company announced that it has completed the acquisition of Acme Inc.",
        &["ACQUISITION"],
    ),
    (
        "8.01",
        "On May 1, 2024, the Company announced that the district court dismissed the complaint of Acme Corp.",
        &["LITIGATION"],
    ),
    (
        "8.01",
        "Such risks include that a cyber attack could disrupt our systems and that we may be unable to complete the acquisition of Acme Inc.",
        &[],
    ),
    ("7.01", "On May 1, 2024, the Company posted an investor presentation on its website.", &[]),
    (
        "7.01",
        "The information in this Item 7.01 shall not be deemed “filed” for purposes of Section 18 of the Exchange Act.",
        &[],
    ),
    (
        "7.01",
        "On May 1, 2024, the Company issued a press release announcing the appointment of Jane Roe as Chief Executive Officer.",
        &["EXECUTIVE_HIRE Jane Roe; Chief Executive Officer; -"],
    ),
    (
        "5",
        "On May 1, 2003, the Company announced that it will close its plant in Springfield and lay off 200 employees.",
        &["RESTRUCTURING"],
    ),
    (
        "6",
        "On May 1, 2003, John Doe resigned as a director of the Registrant.",
        &["DIRECTOR_CHANGE John Doe; director; -"],
    ),
    ("4", "On May 1, 2003, the Registrant dismissed Doe LLP as its independent accountants.", &["AUDITOR_CHANGE"]),
];

#[test]
fn sentences_in_the_wild_make_the_signals_they_tell_of_and_no_others() {
    let mut wrong = Vec::new();
    for (item, text, expected) in SENTENCES {
        let found = told(&read(item, text));
        if found != *expected {
            wrong.push(format!("{item}: {text}\n    {found:?}\n    instead of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SENTENCES.len(), wrong.join("\n"));
}
