//! What a message wants beside its matter: a greeting, thanks, a person to talk to, advice. Pure computation, by phrases in
//! English, German, Spanish, French, Portuguese and Italian; in doubt it is none of these.

use std::sync::LazyLock;

use regex::Regex;

use super::collecting::{clean, pattern};

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
}

const GREETING: &str = r"hi+|he+y+|hello+|hallo+|hola|bonjour|bonsoir|salut|ciao|ol[aá]|good (?:morning|afternoon|evening|day)|(?:guten )?(?:morgen|tag|abend)|buen[oa]s (?:d[ií]as|tardes|noches)|buenas|bom dia|boa (?:tarde|noite)|buon ?giorno|buona ?sera|servus|moin|grüezi|grüß (?:gott|dich)|howdy|greetings|yo|hiya|sup|morning|evening|(?:what's|whats) up|how are (?:you|things)(?: doing)?|how's it going|how do you do|(?:nice|pleased|good|great) to meet you|wie geht(?:'s| es)(?: dir| ihnen)?|qu[eé] tal|c[oó]mo est[aá]s?|[cç]a va|comment (?:ça va|allez vous)|come (?:va|stai)|tudo bem|namaste|salam|shalom|hej|hei|你好|こんにちは|привет|здравствуйте|merhaba";
const THANKS: &str = r"thanks+|thank (?:you|u)|thx|tysm|ty|cheers|(?:much |really )?appreciate(?:d| it| that)|(?:that|this) (?:helps|helped|was helpful|is helpful)|very helpful|danke(?: ?sch[oö]n)?|vielen dank|besten dank|(?:muchas |mil )?gracias|merci(?: beaucoup| bien)?|grazie(?: mille)?|(?:muito )?obrigad[oa]|bedankt|dank je|tack|takk|спасибо|谢谢|ありがとう";
const LATER: &str = r"(?:maybe |perhaps |see you |talk to you |talk |speak )?later(?: maybe| perhaps| on)?|not (?:now|yet|today|right now)|(?:another|some other) time|i'll (?:come back|be back|think about it|let you know|get back to you)|(?:let me|i need to|i have to) think(?: about it| it over)?|give me a (?:minute|moment|second|sec|min)|one (?:moment|sec|second|minute)|(?:just )?a (?:moment|sec|second|minute)|wait|hold on|bye+(?: bye+)?|good ?bye|see (?:you|ya)(?: soon| around| tomorrow)?|cya|good night|have a (?:nice|good|great|lovely) (?:day|evening|night|weekend|one)|take care|ttyl|brb|(?:i )?(?:gotta|have to|need to|must) (?:go|run)|i'm (?:off|leaving)|that's (?:all|it)|(?:maybe|perhaps)(?: not)?|tsch[uü]ss?|auf wiedersehen|bis (?:später|bald|dann)|(?:vielleicht )?später(?: vielleicht)?|vielleicht|(?:quiz[aá]s? )?(?:m[aá]s tarde|luego)(?: quiz[aá]s?)?|quiz[aá]s?|adi[oó]s|hasta (?:luego|pronto|mañana)|(?:peut être )?plus tard(?: peut être)?|peut être|au revoir|[aà] (?:bientôt|plus tard|plus)|(?:forse )?più tardi(?: forse)?|forse|arrivederci|(?:talvez )?mais tarde(?: talvez)?|talvez|tchau|at[eé] (?:logo|mais)|tot ziens|пока";
const ACKNOWLEDGEMENT: &str = r"o+k+(?:ay|ey)?|k+|yes+|yeah+|yep|yup|ya|sure|fine|al ?right|cool|nice|neat|sweet|got it|i see|understood|noted|right|makes sense|fair enough|good|great|awesome|perfect|excellent|amazing|wonderful|lo+l|(?:ha)+h?|(?:he)+h|hm+|mh+m+|oh|ah|aha|wow|interesting|no|nope|nah|no (?:worries|problem)|of course|exactly|indeed|true|ja|nein|klar|gut|genau|super|prima|s[ií]|vale|claro|bien|muy bien|oui|non|d'accord|sim|não|certo|va bene|bene|test(?:ing)?|whatever|never ?mind|nm|go on|go ahead|please do|done";
const FILLER: &str = r"there|all|everyone|everybody|again|team|guys|folks|so much|very much|a (?:lot|bunch|million|ton)|so|very|much|for (?:now|today|that|this|it|everything|(?:the|your|all the|all your) (?:help|time|info|information|answer|reply|explanation)|(?:the )?(?:quick )?(?:help|reply|answer))|then|well|and|but|please|to you too|you too|you|too|today|everything|friend|my friend|man|dude|mate|buddy|sir|madam|bot|dear|just|really|actually|sorry|anyway|um+|uh+|zusammen|an alle|schon|mal|erstmal|a todos|à tous|a tutti|und|y|et|e|i guess|i think|i suppose|wird schon";

/// The kinds in the order in which they count: `ok thanks, bye` is told by its last part least.
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

/// The most words of small talk.
const LONGEST: usize = 14;

/// What a message is that asks for nothing; `None` when it may ask for something.
pub fn small_talk(message: &str) -> Option<SmallTalk> {
    let text = clean(message).to_lowercase();
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

static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:talk|speak|chat|connect(?:ed)?|transfer(?:red)?|put\s+(?:me\s+)?through|hand\s+(?:me|this|it)\s+(?:over|off)|escalate|pass\s+(?:me|this|it)(?:\s+on)?|forward\s+(?:me|this)|switch(?:\s+me)?|get\s+hold|get\s+through|reach)\b [^.?!\n]{0,30}? \b(?:(?:an?|some|the|any|another|your|one\s+of\s+your)\s+)?(?:\w+\s+)?(?:humans?|(?:real|actual|live)\s+(?:people|person|someone|one)|persons?|someone|somebody|anyone|agents?|representatives?|reps?|operators?|(?:your|customer)\s+(?:team|staff|people|support|service)|colleagues?|managers?|supervisor|employees?|(?:your|human|real)\s+advis[eo]rs?|people)\b
        | \b(?:want|need|prefer|would\s+like|i'd\s+like|get\s+me|give\s+me|bring\s+me|(?:can|could|may)\s+i\s+(?:get|have|see)|let\s+me\s+have|is\s+there|are\s+there|isn't\s+there|send\s+me)\b [^.?!\n]{0,20}? \b(?:humans?|(?:real|actual|live|human)\s+(?:people|person|agent|being|support|one|help|operator|representative|contact)|(?:an?|your|the)\s+(?:agent|representative|rep|operator|supervisor)|customer\s+service\s+(?:agent|rep\w*))\b
        | ^\W*(?:(?:real|live|human)\s+)?(?:human|agent|operator|representative|(?:real|live)\s+person|person|customer\s+service)(?:\s+(?:please|now|here))*\W*$
        | \b(?:someone|somebody|anyone|anybody|one\s+of\s+you|a\s+(?:human|person|colleague|real\s+person)|your\s+(?:team|people|colleagues?))\b [^.?!\n]{0,25}? \b(?:call|contact|phone|help|assist|write\s+(?:to\s+)?|get\s+back\s+to|reach\s+out\s+to|talk\s+(?:to|with)|speak\s+(?:to|with)|e?mail|answer)\s*(?:me|us|my|this)\b
        | \b(?:call|phone|ring)\s+me\s+back\b | \b(?:request|want|need|like|get)\s+a\s+call\s?back\b
        | \bdon't\s+want\s+to\s+(?:talk|speak|chat|deal)\s+(?:to|with)\s+(?:an?\s+|this\s+|some\s+)?(?:stupid\s+)?(?:chat\s?)?(?:bot|robot|machine|ai|computer)\b
        | \b(?:not|no\s+more|instead\s+of|rather\s+than)\s+(?:an?\s+|this\s+|the\s+|with\s+)*(?:chat\s?)?(?:bots?|robots?|machines?)\b

        | \b(?:mit|an)\b [^.?!\n]{0,25}? \b(?:menschen|mitarbeiter(?:in)?|person|berater(?:in)?|jemand(?:em|en)?|kolleg(?:en|in)|ansprechpartner(?:in)?)\b [^.?!\n]{0,30}? \b(?:sprechen|reden|verbinden|verbunden|chatten|schreiben|telefonieren|weiterleiten)\b
        | \b(?:sprechen|reden|verbinde[nt]?|chatten)\b [^.?!\n]{0,25}? \b(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|jemand(?:em|en)?|ansprechpartner(?:in)?)\b
        | \b(?:echte[nrms]*|richtige[nrms]*)\s+(?:mensch(?:en)?|person|mitarbeiter(?:in)?)\b | \bruf(?:en\s+sie|t)?\s+mich\s+(?:bitte\s+)?(?:an|zurück)\b | \brückruf\b
        | \b(?:hablar|conectar(?:me)?|comunicar(?:me)?|contactar|p[aá]s[ea]me|chatear|atienda)\b [^.?!\n]{0,30}? \b(?:personas?|humano|humana|agente|alguien|asesora?|representante|operadora?)\b
        | \b(?:parler|discuter|échanger|mettre\s+en\s+relation|mis\s+en\s+relation|joindre|passer)\b [^.?!\n]{0,30}? \b(?:personne|humain|conseill(?:er|ère)|quelqu'un|agent|opérateur|responsable)\b
        | \b(?:falar|conversar|atendid[oa]|contatar|contactar)\b [^.?!\n]{0,30}? \b(?:pessoa|humano|atendente|algu[eé]m|agente|consultora?|operadora?)\b
        | \b(?:parlare|chattare|contattat[oa]|in\s+contatto)\b [^.?!\n]{0,30}? \b(?:persona|umano|operat(?:ore|rice)|qualcuno|consulente|agente|addetto)\b
        | \b(?:met|aan)\b [^.?!\n]{0,20}? \b(?:mens|medewerker|iemand|persoon)\b [^.?!\n]{0,20}? \b(?:spreken|praten|chatten)\b",
    )
});

/// Tells that a person is spoken of, and not asked for.
static NO_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:don't|do\s+not|didn't|did\s+not|no\s+need\s+to|needn't|never|rather\s+not|won't|wouldn't)\b [^.?!\n,]{0,20}? \b(?:talk|speak|chat|human|person|agent|call|anyone|anybody|someone|somebody)\b
        | \bshould\s+(?:i|we|one|he|she|they|people)\b | \b(?:i|we|he|she|they)\s+(?:just\s+|already\s+)?(?:spoke|talked|chatted|called)\b | \b(?:said|says|told\s+me|tells)\b | \bused\s+to\b
        | \bkein(?:en|e|em)?\s+(?:echten\s+|richtigen\s+)?(?:menschen|mitarbeiter|berater|rückruf|person)\b | \bnicht\s+mit\b | \bno\s+quiero\s+hablar\b | \bne\s+(?:veux|souhaite)\s+pas\b | \bnão\s+quero\b | \bnon\s+voglio\b",
    )
});

static NO_BOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdon't\s+want\s+to\s+(?:talk|speak|chat|deal)\s+(?:to|with)\s+(?:an?\s+|this\s+|some\s+)?(?:\w+\s+)?(?:chat\s?)?(?:bot|robot|machine|ai|computer)\b",
    )
});

/// Whether a message asks for a person to talk to.
pub fn asks_for_a_person(message: &str) -> bool {
    let text = clean(message);
    let asks =
        |sentence: &str| PERSON.is_match(sentence) && (NO_BOT.is_match(sentence) || !NO_PERSON.is_match(sentence));
    text.split_inclusive(['.', '!', '?', '\n', ';']).any(asks)
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

/// Whether a message asks for advice, as a disclaimer speaks of it.
pub fn asks_for_advice(message: &str) -> bool {
    ADVICE.is_match(&clean(message))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::{SmallTalk, asks_for_a_person, asks_for_advice, small_talk};

    /// What the phrases were made with.
    const FIRST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chat_intents.json"));
    /// What they had not seen.
    const UNSEEN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/chat_intents_unseen.json"));

    #[derive(Deserialize)]
    struct Row {
        say: String,
        small: Option<SmallTalk>,
        #[serde(default)]
        person: bool,
        #[serde(default)]
        advice: bool,
    }

    /// The rows, and those that are read wrongly.
    fn measure(table: &str) -> (usize, Vec<String>) {
        let rows: Vec<Row> = serde_json::from_str(table).unwrap();
        let wrong = |row: &Row| {
            let read = (small_talk(&row.say), asks_for_a_person(&row.say), asks_for_advice(&row.say));
            (read != (row.small, row.person, row.advice)).then(|| format!("{:?} is read as {read:?}", row.say))
        };
        (rows.len(), rows.iter().filter_map(wrong).collect())
    }

    #[test]
    fn what_a_message_wants_is_told() {
        let (rows, wrong) = measure(FIRST);
        assert!(rows >= 80 && wrong.is_empty(), "{rows} rows\n{}", wrong.join("\n"));
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
            asks_for_a_person(&text);
            asks_for_advice(&text);
        }
    }
}
