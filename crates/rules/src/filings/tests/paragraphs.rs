//! Whole sections in the manner of real reports, longer and less tidy than the single sentences.

use super::{read, told};

/// The item, its paragraphs, and the signals.
const PARAGRAPHS: &[(&str, &[&str], &[&str])] = &[
    (
        "5.02",
        &[
            "(b) On April 29, 2024, Michael R. Brandt, Executive Vice President, Chief Financial Officer of Larkfield Industries, Inc. (the “Company”), informed the Company of his intention to retire from the Company. Mr. Brandt is expected to remain with the Company in a non-executive capacity through March 31, 2025 to ensure an orderly transition.",
            "(c) On April 30, 2024, the Board of Directors (the “Board”) of the Company appointed Priya Natarajan, age 47, to succeed Mr. Brandt as Executive Vice President and Chief Financial Officer, effective July 8, 2024. Ms. Natarajan most recently served as Chief Financial Officer of Ostrander Foods Corporation, a position she held since 2019. Prior to that, she served in various finance roles at Dunmore & Company.",
            "There are no arrangements or understandings between Ms. Natarajan and any other persons pursuant to which she was selected as an officer.",
            "(e) In connection with her appointment, Ms. Natarajan will receive an annual base salary of $675,000 and a sign-on award of $1,500,000.",
        ],
        &[
            "EXECUTIVE_DEPARTURE Michael R. Brandt; Executive Vice President, Chief Financial Officer; -",
            "EXECUTIVE_HIRE Priya Natarajan; Executive Vice President and Chief Financial Officer; 2024-07-08",
        ],
    ),
    (
        "5.02",
        &[
            "On April 25, 2024, Dr. Helen Oyelaran notified the Board of Directors of Sorrel Therapeutics, Inc. of her resignation from the Board and all committees thereof, effective as of the close of business on May 10, 2024. Dr. Oyelaran’s decision to resign was not the result of any disagreement with the Company on any matter relating to its operations, policies or practices.",
            "On April 26, 2024, the Board, upon the recommendation of the Nominating and Corporate Governance Committee, increased the size of the Board from seven to eight members and elected William T. Ashby and Noor Haddad as Class II directors to fill the resulting vacancies. Mr. Ashby will also serve on the Audit Committee.",
        ],
        &[
            "DIRECTOR_CHANGE Helen Oyelaran; director; 2024-05-10",
            "DIRECTOR_CHANGE William T. Ashby; director; -",
            "DIRECTOR_CHANGE Noor Haddad; director; -",
        ],
    ),
    (
        "5.02",
        &[
            "On May 1, 2024, Corvane Systems, Inc. announced that Gregory Pell is stepping down as Chief Executive Officer and as a member of the Board, effective immediately. Mr. Pell will serve as a consultant to the Company until October 31, 2024. The Board has appointed Linda Marsh, the Company’s current Chief Operating Officer, as Interim Chief Executive Officer while it conducts a search for a permanent successor.",
        ],
        &[
            "EXECUTIVE_DEPARTURE Gregory Pell; Chief Executive Officer; 2024-05-01",
            "EXECUTIVE_HIRE Linda Marsh; Interim Chief Executive Officer; -",
        ],
    ),
    (
        "5.02",
        &[
            "On April 24, 2024, the Compensation Committee of the Board of Directors of Pinehollow Bancorp approved amended and restated change in control agreements with each of its named executive officers, including David Stroud, President and Chief Executive Officer, and Maria Velez, Chief Risk Officer. Under the agreements, if the executive’s employment is terminated by the Company without Cause or the executive resigns for Good Reason within two years following a Change in Control, the executive will be entitled to a lump sum payment equal to two times base salary.",
        ],
        &[],
    ),
    (
        "5.02",
        &[
            "On May 2, 2024, Tallgrass Retail Group, Inc. (“Tallgrass”) and its Chief Merchandising Officer, Ms. Dana Whitcomb, mutually agreed that Ms. Whitcomb’s employment with Tallgrass would end on May 31, 2024. Her responsibilities will be assumed by Robert Finch, who joined Tallgrass in 2017 and was named Senior Vice President, Planning in 2021.",
        ],
        &["EXECUTIVE_DEPARTURE Dana Whitcomb; Chief Merchandising Officer; 2024-05-31"],
    ),
    (
        "1.01",
        &[
            "On April 30, 2024 (the “Closing Date”), Hallbrook Energy Partners LP, as borrower, entered into a Second Amended and Restated Credit Agreement (the “Credit Agreement”) with Northern Trust & Loan Bank, as administrative agent, and the lenders party thereto. The Credit Agreement provides for a senior secured revolving credit facility in an aggregate principal amount of up to $1.25 billion, maturing on April 30, 2029.",
            "The Credit Agreement contains customary representations, covenants and events of default.",
        ],
        &["DEBT_OR_FINANCING"],
    ),
    (
        "1.01",
        &[
            "On May 1, 2024, Vantor Medical Corporation, a Delaware corporation (the “Company”), entered into an Agreement and Plan of Merger (the “Merger Agreement”) by and among the Company, Ascendis Holdings, L.P. (“Parent”) and Ascendis Merger Sub, Inc., a wholly owned subsidiary of Parent (“Merger Sub”). The Merger Agreement provides that, subject to the terms and conditions set forth therein, Merger Sub will merge with and into the Company, with the Company surviving the Merger as a wholly owned subsidiary of Parent.",
            "At the effective time, each share of common stock will be converted into the right to receive $41.50 in cash.",
        ],
        &["CHANGE_OF_CONTROL"],
    ),
    (
        "1.01",
        &[
            "On April 29, 2024, Brightwater Utilities, Inc. and Kestrel Water Holdings LLC entered into a Stock Purchase Agreement pursuant to which Brightwater agreed to acquire all of the outstanding equity interests of Kestrel Water of Ohio, Inc. for aggregate consideration of approximately $315 million in cash, subject to customary adjustments.",
        ],
        &["ACQUISITION"],
    ),
    (
        "1.02",
        &[
            "On May 1, 2024, in connection with the entry into the New Credit Facility described in Item 1.01 above, the Company repaid in full all outstanding indebtedness under, and terminated, that certain Credit Agreement, dated as of June 3, 2019, with Harbor National Bank. No early termination penalties were incurred.",
        ],
        &["AGREEMENT_ENDED"],
    ),
    (
        "1.05",
        &[
            "On April 17, 2024, Meridian Home Lending, Inc. became aware that a cybersecurity threat actor had gained access to certain of its internal applications. Upon discovery, the Company activated its incident response plan and took certain systems offline. As of the date of this filing, the Company has not determined that the incident is reasonably likely to materially impact its financial condition.",
        ],
        &["CYBER_INCIDENT"],
    ),
    (
        "2.05",
        &[
            "On April 30, 2024, the Board of Directors of Quillon Software, Inc. committed to a plan intended to streamline operations and reduce operating expenses, which includes the elimination of approximately 450 positions, representing approximately 14% of the Company’s global workforce. The Company estimates that it will incur charges of approximately $22 million to $26 million, consisting primarily of severance and benefits.",
            "The charges that the Company expects to incur are subject to a number of assumptions, and actual results may differ materially.",
        ],
        &["RESTRUCTURING"],
    ),
    (
        "3.01",
        &[
            "On April 26, 2024, Oakmere Biosciences, Inc. received written notice from the Listing Qualifications Department of The Nasdaq Stock Market LLC indicating that, for the last thirty consecutive business days, the bid price for the Company’s common stock had closed below the $1.00 per share minimum required for continued listing under Nasdaq Listing Rule 5550(a)(2). The notice has no immediate effect on the listing of the common stock.",
        ],
        &["DELISTING_NOTICE"],
    ),
    (
        "7.01",
        &[
            "On May 2, 2024, Stonebridge Hospitality Trust will be participating in meetings with investors at the Annual REIT Conference. A copy of the presentation to be used during these meetings is attached hereto as Exhibit 99.1 and is incorporated herein by reference.",
            "The information furnished pursuant to this Item 7.01 shall not be deemed “filed” for purposes of Section 18 of the Securities Exchange Act of 1934.",
        ],
        &[],
    ),
    (
        "8.01",
        &[
            "On May 1, 2024, Garnet Packaging Corporation completed the previously announced divestiture of its consumer cartons business to Alder Capital Partners for $1.1 billion. The Company intends to use the net proceeds to repay outstanding term loans and to repurchase shares of its common stock.",
        ],
        &["DIVESTITURE"],
    ),
    (
        "8.01",
        &[
            "On April 30, 2024, the Board of Directors of Westmoor Financial Corporation declared a quarterly cash dividend of $0.32 per share, payable on June 14, 2024 to shareholders of record as of May 31, 2024.",
        ],
        &["OTHER"],
    ),
    (
        "4.01",
        &[
            "(a) On April 29, 2024, the Audit Committee of the Board of Directors approved the dismissal of Brill & Tatum LLP (“Brill”) as the Company’s independent registered public accounting firm, effective upon completion of its review for the quarter ended March 31, 2024. The reports of Brill on the consolidated financial statements did not contain an adverse opinion or a disclaimer of opinion.",
            "(b) On April 29, 2024, the Audit Committee appointed Hart Lowell LLP as the Company’s new independent registered public accounting firm.",
        ],
        &["AUDITOR_CHANGE"],
    ),
];

/// Careers, contracts and conditions, which use the words of coming and going.
const TRAPS: &[(&str, &[&str], &[&str])] = &[
    (
        "5.02",
        &[
            "On May 1, 2024, the Board elected Carla Ruiz as a director, effective June 1, 2024. Ms. Ruiz, 58, served as Chief Executive Officer of Tidewater Logistics from 2016 until her retirement in 2023. Before that, Ms. Ruiz was appointed President of Harmon Freight in 2011. She was named Executive of the Year in 2020.",
            "Ms. Ruiz will receive the standard compensation for non-employee directors. The Board has not yet determined the committees to which Ms. Ruiz will be appointed.",
        ],
        &["DIRECTOR_CHANGE Carla Ruiz; director; 2024-06-01"],
    ),
    (
        "5.02",
        &[
            "On April 30, 2024, the Company and Alan Pryce, its President and Chief Executive Officer, entered into an amended employment agreement. The agreement provides that Mr. Pryce will serve as President and Chief Executive Officer through December 31, 2027. If Mr. Pryce’s employment is terminated without cause, he will receive 18 months of base salary. Upon Mr. Pryce’s retirement, his awards will continue to vest.",
        ],
        &[],
    ),
    (
        "5.02",
        &[
            "On May 1, 2024, the Compensation Committee granted retention awards to Susan Holt, Chief Financial Officer, and Ian Webb, Chief Legal Officer, which vest if the executive has not resigned before May 1, 2026. The Committee, which was appointed by the Board in January, retained an independent consultant.",
        ],
        &[],
    ),
    (
        "5.02",
        &[
            "As previously disclosed, on February 1, 2024, Neil Archer was appointed Chief Executive Officer. On May 1, 2024, in connection with that appointment, the Committee approved an annual base salary of $800,000 for Mr. Archer.",
        ],
        &["EXECUTIVE_HIRE Neil Archer; Chief Executive Officer; -"],
    ),
    (
        "5.02",
        &[
            "On May 1, 2024, Wendy Cho, Executive Vice President and Chief People Officer, was promoted to Chief Operating Officer. Ms. Cho reports to Mark Dunn, Chief Executive Officer, who was appointed in 2015.",
        ],
        &["EXECUTIVE_HIRE Wendy Cho; Chief Operating Officer; -"],
    ),
    (
        "8.01",
        &[
            "On May 1, 2024, Larch Corporation issued a press release announcing that its wholly owned subsidiary received clearance from the U.S. Food and Drug Administration for its infusion pump.",
        ],
        &["OTHER"],
    ),
    (
        "8.01",
        &[
            "On May 1, 2024, the Board authorized the repurchase of up to $200 million of the Company’s common stock. Repurchases may be made in the open market, and the program may be suspended at any time.",
        ],
        &["OTHER"],
    ),
    (
        "1.01",
        &[
            "On May 1, 2024, Finch Corporation entered into a five-year cloud services agreement with Nimbus Web Services, Inc., under which it committed to spend at least $120 million. The agreement may be terminated by either party upon a material breach, bankruptcy or change of control.",
        ],
        &["MATERIAL_AGREEMENT"],
    ),
    (
        "2.02",
        &[
            "On May 1, 2024, Alder Foods, Inc. issued a press release announcing its results for the first quarter. The release mentions an impairment charge and a restructuring program. A copy is furnished as Exhibit 99.1.",
        ],
        &["RESULTS"],
    ),
];

#[test]
fn whole_sections_make_the_signals_they_tell_of_and_no_others() {
    let mut wrong = Vec::new();
    for (item, paragraphs, expected) in PARAGRAPHS.iter().chain(TRAPS) {
        let found = told(&read(item, &paragraphs.join("</p><p>")));
        if found != *expected {
            wrong.push(format!("{item}: {}\n    {found:?}\n    instead of {expected:?}", paragraphs[0]));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), PARAGRAPHS.len() + TRAPS.len(), wrong.join("\n"));
}
