//! Classification of messages by intent: greeting, thanks, request for a person and its withdrawal, request for advice. Pure
//! computation, by phrases in English, German, Spanish, French, Portuguese and Italian; in doubt none of these.

mod person;
mod wish;
mod withdrawal;

use std::sync::LazyLock;

use regex::Regex;

use super::collecting::{AskedBack, asked_back, clean, pattern};
pub use wish::{Wish, beside_wishes, wish};

/// A message that asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmallTalk {
    /// `hi`
    Greeting,
    /// `thanks`
    Thanks,
    /// `later maybe`, `bye`
    Later,
    /// `ok`, an emoji
    Acknowledgement,
    /// `who are you?`
    WhoAreYou,
    /// `why do you ask?`
    WhyAsk,
}

const GREETING: &str = r"hi+|he+y+|hello+|hallo+|hola|bonjour|bonsoir|salut|ciao|ol[aá]|good (?:morning|afternoon|evening|day)|(?:guten )?(?:morgen|tag|abend)|buen[oa]s (?:d[ií]as|tardes|noches)|buenas|bom dia|boa (?:tarde|noite)|buon ?giorno|buona ?sera|servus|moin|grüezi|grüß (?:gott|dich)|howdy|greetings|yo|hiya|sup|morning|evening|(?:what's|whats) up|how are (?:you|things)(?: doing)?|how's it going|how do you do|(?:nice|pleased|good|great) to meet you|wie geht(?:'s| es)(?: dir| ihnen)?|qu[eé] tal|c[oó]mo est[aá]s?|[cç]a va|comment (?:ça va|allez vous)|come (?:va|stai)|tudo bem|namaste|salam|shalom|hej|hei|你好|こんにちは|привет|здравствуйте|merhaba";
const THANKS: &str = r"thanks+|thank (?:you|u)|thx|tysm|ty|cheers|(?:much |really )?appreciate(?:d| it| that)|(?:that|this) (?:helps|helped|was helpful|is helpful)|very helpful|danke(?: ?sch[oö]n)?|vielen dank|besten dank|(?:muchas |mil )?gracias|merci(?: beaucoup| bien)?|grazie(?: mille)?|(?:muito )?obrigad[oa]|bedankt|dank je|tack|takk|спасибо|谢谢|ありがとう";
const LATER: &str = r"(?:maybe |perhaps |see you |talk to you |talk |speak )?later(?: maybe| perhaps| on)?|not (?:now|yet|today|right now)|(?:another|some other) time|i'll (?:come back|be back|think about it|let you know|get back to you)|(?:let me|i need to|i have to) think(?: about it| it over)?|give me a (?:minute|moment|second|sec|min)|one (?:moment|sec|second|minute)|(?:just )?a (?:moment|sec|second|minute)|wait|hold on|bye+(?: bye+)?|good ?bye|see (?:you|ya)(?: soon| around| tomorrow)?|cya|good night|have a (?:nice|good|great|lovely) (?:day|evening|night|weekend|one)|take care|ttyl|brb|(?:i )?(?:gotta|have to|need to|must) (?:go|run)|i'm (?:off|leaving)|that's (?:all|it)|(?:maybe|perhaps)(?: not)?|tsch[uü]ss?|auf wiedersehen|bis (?:später|bald|dann)|(?:vielleicht )?später(?: vielleicht)?|vielleicht|(?:quiz[aá]s? )?(?:m[aá]s tarde|luego)(?: quiz[aá]s?)?|quiz[aá]s?|adi[oó]s|hasta (?:luego|pronto|mañana)|(?:peut être )?plus tard(?: peut être)?|peut être|au revoir|[aà] (?:bientôt|plus tard|plus)|(?:forse )?più tardi(?: forse)?|forse|arrivederci|(?:talvez )?mais tarde(?: talvez)?|talvez|tchau|at[eé] (?:logo|mais)|tot ziens|пока";
const ACKNOWLEDGEMENT: &str = r"o+k+(?:ay|ey)?|k+|yes+|yeah+|yep|yup|ya|sure|fine|al ?right|cool|nice|neat|sweet|got it|i see|understood|noted|right|makes sense|fair enough|good|great|awesome|perfect|excellent|amazing|wonderful|lo+l|(?:ha)+h?|(?:he)+h|hm+|mh+m+|oh|ah|aha|wow|interesting|none|nothing(?: else)?|enough|no|nope|nah|no (?:worries|problem)|of course|exactly|indeed|true|ja|nein|klar|gut|genau|super|prima|s[ií]|vale|claro|bien|muy bien|oui|non|d'accord|sim|não|certo|va bene|bene|test(?:ing)?|whatever|never ?mind|nm|go on|go ahead|please do|done";
const FILLER: &str = r"there|all|everyone|everybody|again|team|guys|folks|so much|very much|a (?:lot|bunch|million|ton)|so|very|much|for (?:now|today|that|this|it|everything|(?:the|your|all the|all your) (?:help|time|info|information|answer|reply|explanation)|(?:the )?(?:quick )?(?:help|reply|answer))|then|well|and|but|please|to you too|you too|you|too|today|everything|friend|my friend|man|dude|mate|buddy|sir|madam|bot|dear|just|really|actually|sorry|anyway|um+|uh+|zusammen|an alle|schon|mal|erstmal|a todos|à tous|a tutti|und|y|et|e|i guess|i think|i suppose|wird schon";

/// The kinds in order of precedence: `ok thanks, bye` is decided by its last part least.
static KINDS: LazyLock<[(SmallTalk, Regex); 4]> = LazyLock::new(|| {
    [
        (SmallTalk::Thanks, THANKS),
        (SmallTalk::Later, LATER),
        (SmallTalk::Greeting, GREETING),
        (SmallTalk::Acknowledgement, ACKNOWLEDGEMENT),
    ]
    .map(|(kind, phrases)| (kind, pattern(&format!(r"(?:^| )(?:{phrases})(?: |$)"))))
});

static ONLY: LazyLock<Regex> = LazyLock::new(|| {
    let phrases = [GREETING, THANKS, LATER, ACKNOWLEDGEMENT, FILLER].join("|");
    pattern(&format!(r"^(?:(?:{phrases})(?: |$))+$"))
});

/// Maximum number of words of small talk.
const LONGEST: usize = 14;

/// Returns the kind of small talk; `None` if the message may ask for something.
pub fn small_talk(message: &str) -> Option<SmallTalk> {
    let text = clean(message).to_lowercase();
    match asked_back(&text) {
        Some(AskedBack::Who) => return Some(SmallTalk::WhoAreYou),
        Some(AskedBack::Why) => return Some(SmallTalk::WhyAsk),
        None => {}
    }
    let letters: String =
        text.chars().map(|char| if char.is_alphanumeric() || char == '\'' { char } else { ' ' }).collect();
    let words = letters.split_whitespace().collect::<Vec<_>>();
    if words.is_empty() {
        return (!text.contains('?')).then_some(SmallTalk::Acknowledgement);
    }
    let said = words.join(" ");
    if words.len() > LONGEST || !ONLY.is_match(&said) {
        return None;
    }
    KINDS.iter().find(|(_, phrases)| phrases.is_match(&said)).map(|(kind, _)| *kind)
}

static ADVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:should|shall|ought|must|do)\s+(?:i|we|one|my\s+\w+)\b [^.?!\n]{0,60}? \b(?:buy|sell|hold|invest|short|put|move|get\s+(?:in|into|out)|hedge|trade|keep|dump|go\s+(?:long|short)|allocate|switch|take\s+profits?|cut|rebalance|refinance|diversify|borrow|lever)\b
        | \b(?:what|which|any|some|good|best|hot|top)\b [^.?!\n]{0,40}? \b(?:stocks?|shares?|funds?|etfs?|coins?|crypto|bonds?|options?|investments?|tickers?|tips?|picks?)\b [^.?!\n]{0,40}? \b(?:buy|sell|invest|pick|recommend|best|good|tips?|own|hold|choose|suggest|right\s+now|this\s+year|should|for\s+me)\b
        | \b(?:best|good|hot|top)\s+(?:stocks?|shares?|funds?|etfs?|coins?|investments?|stock\s+(?:tips?|picks?))\b
        | \b(?:recommend(?:ation)?s?|advise|advice|suggest(?:ions?)?|tips?)\b [^.?!\n]{0,60}? \b(?:stocks?|shares?|funds?|etfs?|invest\w*|buy\w*|sell\w*|portfolio|trad\w+|coins?|crypto|bitcoin|money|savings|retirement|mortgage|tax(?:es)?|pension)\b
        | \b(?:investment|financial|tax|legal|trading|medical)\s+(?:advice|recommendations?|tips?)\b
        | \b(?:is|are|was)\b [^.?!\n]{0,40}? \b(?:(?:good|bad|safe|great|smart|decent|wise|solid)\s+(?:buy|investment|bet|idea\s+to\s+(?:buy|sell|invest)|time\s+(?:to|for)\s+(?:buy|sell|invest|get)\w*|entry)|worth\s+(?:buying|investing|holding|owning)|a\s+(?:buy|sell|hold)|over-?valued|under-?valued)\b
        | \b(?:where|how|what)\b [^.?!\n]{0,20}? \b(?:should|do|can|would|shall|to)\b [^.?!\n]{0,15}? \binvest\b
        | \bwould\s+you\s+(?:\w+\s+)?(?:buy|sell|hold|short|invest|put)\b | \bwhat\s+would\s+you\s+do\s+(?:with|in\s+my|if\s+you)\b
        | \b(?:buy|sell|hold)\s*(?:,|or|/)\s*(?:buy|sell|hold)\b | \btime\s+to\s+(?:buy|sell|get\s+(?:in|out))\b | \btell\s+me\s+(?:what|when|whether|if)\b [^.?!\n]{0,30}? \b(?:buy|sell|invest)\b

        | \bsoll(?:te|en|ten)?\s+(?:ich|wir|man)\b [^.?!\n]{0,60}? \b(?:ver)?(?:kaufen|investieren|halten|anlegen|einsteigen|aussteigen|stecken)\b | \bwelche[nrs]?\s+(?:aktien?|fonds|etfs?|anlage)\b | \bempfiehl(?:st|t)?\b | \bempfehl(?:en|t|ung|ungen)\b | \b(?:anlage|steuer)(?:tipp?s?|beratung|empfehlung)\b | \blohnt\s+(?:es\s+)?sich\b [^.?!\n]{0,40}? \b(?:kaufen|kauf|investieren|investition)\b
        | \b(?:deber[ií]a|debo| conviene)\b [^.?!\n]{0,50}? \b(?:comprar|vender|invertir|mantener)\b | \b(?:recomienda[sn]?|recomendar[ií]as?|aconseja[sn]?)\b | \b(?:qué|que|cuáles)\s+acciones\b | \b(?:d[oó]nde|en\s+qu[eé])\s+(?:\w+\s+)?invertir\b
        | \b(?:dois|devrais|faut)(?:-je|-il)\b [^.?!\n]{0,50}? \b(?:acheter|vendre|investir|garder|placer)\b | \b(?:recommand(?:ez|es|er(?:iez|ais)?)|conseill(?:ez|es|eriez))\b | \bquelles?\s+actions?\b | \boù\s+(?:\w+\s+)?(?:investir|placer)\b | \best-ce\s+(?:que\s+je\s+devrais|le\s+moment)\b [^.?!\n]{0,40}? \b(?:acheter|vendre|investir|d'acheter|de\s+vendre)\b
        | \b(?:dev[oe](?:ria)?|vale\s+a\s+pena)\b [^.?!\n]{0,50}? \b(?:comprar|vender|investir|manter)\b | \b(?:recomenda(?:ria|m)?|aconselha)\b | \bquais\s+aç(?:ões|ão)\b | \bonde\s+(?:\w+\s+)?investir\b
        | \b(?:dovrei|devo|conviene|vale\s+la\s+pena)\b [^.?!\n]{0,50}? \b(?:comprare|vendere|investire|tenere)\b | \b(?:consigli(?:a|ate|eresti)?|raccomand(?:i|a|ate))\b | \b(?:quali|che)\s+azioni\b | \bdove\s+(?:\w+\s+)?investire\b",
    )
});

/// Returns true if a message asks for advice in the sense of the disclaimers.
pub fn asks_for_advice(message: &str) -> bool {
    ADVICE.is_match(&clean(message))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{SmallTalk, Wish, asks_for_advice, beside_wishes, small_talk, wish};

    /// Messages for which the phrases were developed.
    const FIRST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/chat_intents.json"));
    /// Messages not used in the development.
    const UNSEEN: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/chat_intents_unseen.json"));

    #[derive(Deserialize)]
    struct Row {
        say: String,
        small: Option<SmallTalk>,
        #[serde(default)]
        person: bool,
        #[serde(default)]
        advice: bool,
        #[serde(default)]
        withdraws: bool,
    }

    /// Returns the number of rows, and those classified wrongly.
    fn measure(table: &str) -> (usize, Vec<String>) {
        let rows: Vec<Row> = serde_json::from_str(table).unwrap();
        let wrong = |row: &Row| {
            let (small, advice, wish) = (small_talk(&row.say), asks_for_advice(&row.say), wish(&row.say));
            let read = (small, wish == Some(Wish::Person), advice, wish == Some(Wish::Nobody));
            (read != (row.small, row.person, row.advice, row.withdraws))
                .then(|| format!("{:?} is read as {read:?}", row.say))
        };
        (rows.len(), rows.iter().filter_map(wrong).collect())
    }

    #[test]
    fn what_a_message_wants_is_told() {
        let (rows, wrong) = measure(FIRST);
        assert!(rows >= 300 && wrong.is_empty(), "{rows} rows\n{}", wrong.join("\n"));
    }

    #[test]
    fn also_of_messages_that_the_phrases_were_not_made_for() {
        let (rows, wrong) = measure(UNSEEN);
        println!("{} of {rows} wrong\n{}", wrong.len(), wrong.join("\n"));
        assert!(rows >= 60 && wrong.len() * 10 <= rows, "{} of {rows}\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn long_and_strange_messages_are_read_quickly_enough() {
        for text in ["hi ".repeat(4000), "a".repeat(50_000), "talk to ".repeat(2000), "\u{200b}".repeat(100)] {
            small_talk(&text);
            asks_for_advice(&text);
            wish(&text);
            beside_wishes(&text);
        }
    }
}
