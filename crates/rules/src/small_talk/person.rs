//! Detection of requests for a person: to talk to, to be connected with, or to be called by. Mentions of people (`are
//! there human traders left?`) are no requests.

use std::sync::LazyLock;

use regex::Regex;

use crate::collecting::pattern;

/// Pattern of somebody to talk to.
const SOMEBODY: &str = r"(?:humans?(?:\s+being)?|(?:real|actual|live)\s+(?:people|person|someone|one)|persons?|someone|somebody|anyone|anybody|agents?|representatives?|reps?|operators?|colleagues?|managers?|supervisors?|employees?|advis[eo]rs?|consultants?|counsell?ors?|specialists?|experts?|account\s+managers?|technicians?|the\s+boss|who(?:ever)?(?:'s|\s+is)\s+in\s+charge|your\s+(?:boss|people|lot|staff)|(?:real|actual|live)\s+people)";
/// Pattern of a department of the company.
const DEPARTMENT: &str = r"(?:sales|support|billing|accounting|accounts|management|marketing|compliance|legal|hr|human\s+resources|helpdesk|help\s+desk|customer\s+(?:service|support|care|success|relations)|(?:\w+\s+)?(?:team|department|dept|office|desk|staff)|reception)";
/// Pattern of the words allowed after a requested person; after others the word is part of a different term: `human
/// traders`.
const END: &str = r"(?:\s*(?:$|[.,!?;:)(—–])|\s+-|\s+(?:please|pls|now|here|asap|today|instead|rather|not|available|around|online|who\s+(?:can|could|knows|will|works)|that\s+(?:can|could|knows)|i\s+(?:can|could|may)|we\s+(?:can|could)|to\s+(?:talk|speak|help|answer|call|contact|look|assist|explain|chat|write|respond|reply|handle|take|discuss)|from\s+(?:your|the|sales|support)|on\s+(?:the\s+(?:line|phone)|your|this|my)|in\s+(?:your\s+\w+|(?:this|the)\s+(?:chat|team))|at\s+(?:your|the)|with\s+(?:me|this|whom)|because|for\s+(?:this|that|me|my\s+\w+)|and|but|or)\b)";

static PERSON: LazyLock<Regex> = LazyLock::new(|| {
    let english = english();
    let abroad = [GERMAN, SPANISH, FRENCH, OTHERS].map(|part| part.replace("{end}", END)).join(" | ");
    pattern(&format!("(?ix) {english} | {abroad}"))
});

fn english() -> String {
    let who = format!(
        r"(?:an?|some|the|any|another|your|one\s+of\s+your|our)?\s*(?:[\w'-]+\s+){{0,2}}?(?:{SOMEBODY}|{DEPARTMENT})\b"
    );
    let human = r"(?:(?:an?|some|any|the|your)\s+)?(?:(?:real|actual|live|human|living|proper|genuine)\s+)*(?:humans?(?:\s+being)?|(?:real|actual|live|human|living|proper|genuine)\s+(?:people|person|agent|being|support|one|help|operator|representative|contact|advis[eo]r|employee)|(?:an|your|the)\s+agent|(?:a|your|the)\s+(?:representative|rep|operator|supervisor|manager|boss)|(?:a\s+)?customer\s+service\s+(?:agent|rep\w*)|(?:a|your)\s+person)";
    let someone = r"(?:someone|somebody|anyone|anybody|one\s+of\s+you|(?:an?|the|your)\s+(?:(?:real|actual|live|human|sales|support)\s+)*(?:human|person|colleague|agent|advis[eo]r|manager|rep|representative|expert|specialist)|your\s+(?:\w+\s+)?(?:team|people|colleagues?|staff)|sales|support)";
    format!(
        r"\b(?:talk|talking|speak|speaking|chat|chatting|spoken|a\s+(?:word|chat|call)) \s+ (?:\w+\s+)? (?:to|with) \s+ [^.?!\n]{{0,15}}? {who}
        | \b(?:discuss|go\s+over|sort\s+out) \b [^.?!\n]{{0,25}}? \b with \s+ {who}
        | \b(?:connect|transfer|forward|refer|switch|direct|hand|pass|put|get|escalate) \s+ (?:me|us|this|it|that|my\s+\w+) \b [^.?!\n]{{0,20}}? \b (?:to|with|through|over|on) \s+ (?:to\s+|with\s+)? {who}
        | \b(?:connected|transferred|put\s+through|passed\s+on|handed\s+over|referred|escalate|speak|talk|get\s+through|get\s+hold|get\s+in\s+touch|in\s+touch) \s+ (?:to|with|of) \s+ {who}
        | \b(?:reach|contact|call|phone|ring) \s+ (?:an?\s+|some|any|your\s+|one\s+of\s+your\s+|the\s+)? (?:[\w'-]+\s+){{0,1}}? (?:human|person|someone|somebody|anyone|agent|representative|operator|sales|support|billing|team|staff|department|manager|management|advis[eo]r|customer\s+(?:service|support|care)) {END}
        | \b(?:want|need|prefer|would\s+like|i'd\s+like|like\s+to\s+have|get\s+me|give\s+me|bring\s+me|fetch|find\s+me|(?:can|could|may)\s+i\s+(?:please\s+)?(?:get|have|see)|let\s+me\s+have|send\s+me|do\s+you\s+have) \s+ (?:help\s+from\s+)? {human} {END}
        | \b(?:is|are|isn't|aren't)\s+there \s+ (?:\w+\s+)? {human} {END}
        | \b(?:is|are|isn't)\s+there \s+ (?:someone|somebody|anyone|anybody)\b [^.?!\n]{{0,15}}? \b(?:i|we|me|us)\b
        | ^\W* (?:(?:yes|ok|okay|no|enough|just)\W+)? (?:an?\s+)? (?:(?:real|live|human|actual)\s+)* (?:human(?:\s+being)?|agent|operator|representative|rep|person|customer\s+service|supervisor) (?:\W+(?:please|pls|now|here))* \W*$
        | \bwho\s+(?:can|could|may|do)\s+(?:i|we)\s+(?:talk|speak|turn)\s+(?:to|with)\b
        | \b(?:get|give|find|send|bring)\s+(?:me\s+)?(?:someone|somebody)\s+(?:from\b|who\s+(?:can|knows)\b|to\s+(?:call|help|talk|speak|answer)\b)
        | \blet\s+(?:me\s+have\s+)?{human}\s+(?:answer|take|handle|help)\b
        | ^\W* (?:please\s+)? (?:transfer|connect|switch|escalate)\s+(?:\w+\s+)?to\s+ {who}
        | ^\W* (?:the\s+|your\s+)? {DEPARTMENT} \W+ (?:please|pls) \W*$
        | \b{someone}\b [^.?!\n]{{0,25}}? \b(?:(?:call|contact|phone|ring|write|write\s+to|get\s+back\s+to|reach\s+out\s+to|talk\s+(?:to|with)|speak\s+(?:to|with)|e?mail|answer|reply\s+to) \s+ (?:me|us|my|this)\b | (?:help|assist)\s+(?:me|us)\s*(?:$|[.!?,]|please|with\s+(?:this|that)\W*$))
        | \b(?:call|phone|ring)\s+me\s+back\b | \b(?:request|want|need|like|get|have)\s+a\s+call\s?back\b
        | \bdon't\s+want\s+to\s+(?:talk|speak|chat|deal)\s+(?:to|with)\s+(?:an?\s+|this\s+|some\s+)?(?:stupid\s+)?(?:chat\s?)?(?:bot|robot|machine|ai|computer)\b
        | \b(?:(?:talk|speak|chat|human|person|someone|somebody)\b[^.?!\n]{{0,20}} \b(?:not|no\s+more|instead\s+of|rather\s+than)) \s+ (?:an?\s+|this\s+|the\s+|with\s+|to\s+)*(?:chat\s?)?(?:bots?|robots?|machines?)\b"
    )
}

const GERMAN: &str = r"
    \b(?:ich|wir|mich|mir|uns|bitte|man)\b [^.?!\n]{0,25}? \b(?:mit|an|zu[mr]?)\b [^.?!\n]{0,25}? \b(?:menschen|mitarbeiter(?:in|n)?|person|berater(?:in)?|jemand(?:em|en)?|kolleg(?:en|in)|ansprechpartner(?:in)?|vertrieb|verkauf|support|kundenservice|kundendienst|kundenbetreuung|buchhaltung|\w*abteilung|team|chef|vorgesetzten?|geschäftsführung|leitung)\b [^.?!\n]{0,30}? \b(?:sprechen|reden|verbinden|verbunden|chatten|schreiben|telefonieren|weiterleiten|weitergeleitet)\b
    | \b(?:verbinde[nt]?|leite[nt]?|stell(?:e[nt]?|t)?|gib|geben) \s+ (?:sie\s+)? (?:mich|uns|mir|das) \b [^.?!\n]{0,25}? \b(?:mit|zu[mr]?|an)\s [^.?!\n]{0,15}? (?:menschen|mitarbeiter(?:in)?|person|berater(?:in)?|jemand(?:em|en)?|kolleg(?:en|in)|ansprechpartner(?:in)?|vertrieb|verkauf|support|kundenservice|kundendienst|\w*abteilung|team)\b
    | \b(?:spreche|sprechen|rede|reden|chatten) \s+ (?:ich|wir) \b [^.?!\n]{0,15}? \bmit\s+(?:eine[mr]\s+)?(?:echten\s+|richtigen\s+)?(?:menschen|mitarbeiter(?:in)?|jemand(?:em)?|berater(?:in)?)\b
    | \b(?:brauche|möchte|will|hätte\s+gerne?|wünsche|gib\s+mir|geben\s+sie\s+mir|gibt\s+es|ist\s+(?:da|hier)|haben\s+sie|habt\s+ihr|kann)\b \s+ (?:\w+\s+){0,3}? (?:(?:echte|richtige|menschliche|lebende)[nrms]*\s+(?:mensch(?:en)?|person|mitarbeiter(?:in)?|ansprechpartner(?:in)?|berater(?:in)?|hilfe|kontakt)|(?:einen|mit\s+einem)\s+(?:menschen|mitarbeiter|ansprechpartner|berater)) (?: {end} | \s+(?:hier|da|sprechen|haben|erreichen|bitte|helfen|mir)\b )
    | ^\W*(?:(?:einen?|echte[nr]?)\s+)*(?:mensch(?:en)?|mitarbeiter(?:in)?|kundenservice|berater(?:in)?)\W+bitte\W*$
    | \b(?:ich|wir)\b [^.?!\n]{0,20}? \b(?:jemanden?|eine[nr]\s+(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|kollegen)|den\s+(?:chef|support|vertrieb|kundenservice))\b [^.?!\n]{0,25}? \b(?:sprechen|erreichen)\b
    | ^\W*mit\s+(?:eine[mr]\s+)?(?:echten\s+)?(?:menschen|mitarbeiter(?:in)?|person)\s+(?:sprechen|reden)\b
    | \bruf(?:en\s+sie|t)?\s+mich\s+(?:bitte\s+)?(?:an|zurück)\b
    | \b(?:bitte|möchte|will|wünsche|brauche|hätte)\b [^.?!\n]{0,20}? \brückruf\b | \brückruf\W+bitte\b
    | \b(?:jemand|ein\s+(?:mensch|mitarbeiter|kollege|berater))\b [^.?!\n]{0,20}? \b(?:mich|mir)\b [^.?!\n]{0,15}? \b(?:an|zurück)(?:rufen|ruft)\b
    | \b(?:kann|könnte)\s+(?:mich|mir)\s+(?:bitte\s+)?jemand\b [^.?!\n]{0,15}? \b(?:anrufen|zurückrufen|kontaktieren|schreiben)\b";

const SPANISH: &str = r"
    \b(?:quiero|quisiera|querría|puedo|podría|podemos|me|nos|deseo|necesito|prefiero|gustaría|déjame|favor)\b [^.?!\n]{0,25}? \b(?:hablar|conectar|comunicar(?:me)?|contactar|chatear|atender|atienda|ponerme|pasar)\b [^.?!\n]{0,30}? \b(?:personas?|humano|humana|agente|alguien|asesora?|representante|operadora?|ventas|soporte|facturación|equipo|gerente|gerencia|responsable|encargad[oa]|departamento|atención\s+al\s+cliente|colega|comercial)\b
    | (?:^|[,.;]\s*)\W* hablar \s+ con \s+ [^.?!\n]{0,15}? (?:personas?|humano|humana|agente|alguien|asesora?|ventas|soporte)\b
    | \b(?:p[aá]s[ea]me|póngame|ponme|conécteme|conéctame|comuníqueme)\b [^.?!\n]{0,15}? \b(?:con|a)\b [^.?!\n]{0,20}? \b(?:personas?|humano|agente|alguien|asesora?|ventas|soporte|facturación|departamento|equipo|gerente|responsable)\b
    | \b(?:necesito|quiero|quisiera|hay)\s+(?:a\s+)?(?:una?\s+|alguna?\s+)?(?:persona\s+(?:real|de\s+verdad|humana)|humano|agente\s+humano|ser\s+humano) (?: {end} | \s+(?:aquí|por|con|que|disponible)\b )
    | \b(?:necesito|quiero|quisiera|prefiero)\s+(?:a\s+)?una?\s+(?:agente|asesora?|representante|persona|operadora?|humano) {end}
    | \b(?:me|nos)\s+(?:puede[ns]?|podría[ns]?)\s+(?:llamar|contactar)\b | \bque\s+(?:alguien\s+)?me\s+llame[ns]?\b | \bll[aá]m[ae]n?me\s+(?:por\s+favor|alguien)\b
    | ^\W*(?:con\s+)?(?:una?\s+)?(?:persona|humano|agente)(?:\s+real)?\W+por\s+favor\W*$";

const FRENCH: &str = r"
    \b(?:je|j'aimerais|j'ai|puis|peux|peut|pouvez|pourrais|pourriez|veux|voudrais|souhaite|souhaiterais|me|moi|nous|plaît)\b [^.?!\n]{0,25}? \b(?:parler|discuter|échanger|mettre\s+en\s+(?:relation|contact)|mis\s+en\s+relation|joindre|passer|contacter|être\s+mis\s+en\s+contact)\b \s [^.?!\n]{0,30}? \b(?:personne|humain|conseill(?:er|ère)|quelqu'un|agent|opérateur|responsable|commercial|ventes|service|support|équipe|collègue|direction|facturation|comptabilité)\b
    | (?:^|[,.;]\s*)\W* parler \s+ (?:à|avec) \s+ [^.?!\n]{0,10}? (?:personne|humain|conseill(?:er|ère)|quelqu'un|agent)\b
    | \b(?:passez|mettez|connectez|transférez)-moi\b [^.?!\n]{0,30}? \b(?:personne|humain|conseill(?:er|ère)|quelqu'un|agent|opérateur|responsable|commercial|service|support|équipe)\b
    | \b(?:besoin\s+d'|je\s+veux\s+|je\s+voudrais\s+|y\s+a-t-il\s+|il\s+y\s+a\s+) (?:une?\s+)?(?:vraie?\s+)?(?:(?:personne|agent)\s+(?:réelle?|humaine?)|vraie\s+personne|humain|conseiller) (?: {end} | \s+(?:ici|à\s+qui|pour|disponible|s'il)\b )
    | \bêtre\s+rappelée?s?\b | \brappelez-moi\b
    | ^\W*(?:une?\s+)?(?:vraie?\s+)?(?:humain|personne|conseiller|agent)\W+s'il\s+(?:vous|te)\s+pla[iî]t\W*$";

const OTHERS: &str = r"
    \b(?:falar|conversar|atendid[oa]|contatar|contactar)\b [^.?!\n]{0,30}? \b(?:pessoa|humano|atendente|algu[eé]m|agente|consultora?|operadora?|vendas|suporte|equipe|gerente)\b
    | \b(?:parlare|chattare|contattat[oa]|in\s+contatto)\b [^.?!\n]{0,30}? \b(?:persona|umano|operat(?:ore|rice)|qualcuno|consulente|agente|addetto|vendite|assistenza|responsabile)\b
    | \b(?:met|aan)\b [^.?!\n]{0,20}? \b(?:mens|medewerker|iemand|persoon|verkoop|klantenservice)\b [^.?!\n]{0,20}? \b(?:spreken|praten|chatten)\b";

/// Pattern of words showing that a person is mentioned and not requested.
static NO_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:don't|do\s+not|didn't|did\s+not|no\s+need\s+to|needn't|never|rather\s+not|won't|wouldn't)\b [^.?!\n,]{0,20}? \b(?:talk|speak|chat|human|person|agent|call|anyone|anybody|someone|somebody|sales|support)\b
        | \bshould\s+(?:i|we|one|he|she|they|people)\b | \b(?:i|we|he|she|they)\s+(?:just\s+|already\s+|once\s+)?(?:spoke|talked|chatted|called)\b | \b(?:said|says|told\s+me|tells)\b | \bused\s+to\b
        | \b(?:do|did|does|have|why|when|how\s+often|how\s+do|how\s+did)\s+(?:do\s+|did\s+)?you\s+(?:\w+\s+)?(?:talk|speak|spoken|chat|call|contact|reach|connect)\b
        | (?:^|[,;:]\s*|\b(?:and|but|that|when|while|as|because|if)\s+)(?:i|we|you|they|people|traders|analysts|investors|funds|he|she)\s+(?:\w+ly\s+|always\s+|often\s+|sometimes\s+|usually\s+)?(?:talk|speak|chat)s?\b
        | \b(?:do|does|did|can|could|will|would|may|must|how|why|when|where)\s+(?:do\s+|does\s+|did\s+|can\s+|could\s+)?(?:the\s+|most\s+|many\s+|hedge\s+|human\s+|ai\s+|an?\s+)*(?:traders?|analysts?|investors?|funds?|managers?|people|banks?|brokers?|bots?|robots?|machines?|computers?|models?|ai|companies|ceos?|algorithms?|they|he|she)\s+(?:\w+\s+){0,2}?(?:talk|speak|chat|call|contact|reach|need|want|write|connect)\b
        | \b(?:does|did)\b [^.?!\n]{0,40}? \b(?:need|want|prefer|talk|speak)\b
        | \bkein(?:en|e|em)?\s+(?:echten\s+|richtigen\s+)?(?:menschen|mitarbeiter|berater|rückruf|person)\b | \bnicht\s+mit\b | \bno\s+quiero\s+hablar\b | \bne\s+(?:veux|souhaite)\s+pas\b | \bnão\s+quero\b | \bnon\s+voglio\b
        | \bich\s+(?:habe|hatte)\b [^.?!\n]{0,60}? \b(?:gesprochen|geredet)\b | \bhe\s+hablado\b | \bj'ai\s+parlé\b",
    )
});

static NO_BOT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bdon't\s+want\s+to\s+(?:talk|speak|chat|deal)\s+(?:to|with)\s+(?:an?\s+|this\s+|some\s+)?(?:\w+\s+)?(?:chat\s?)?(?:bot|robot|machine|ai|computer)\b",
    )
});

/// Returns true if a sentence requests a person, unless it withdraws the request.
pub(super) fn is_request(sentence: &str) -> bool {
    PERSON.is_match(sentence) && (NO_BOT.is_match(sentence) || !NO_PERSON.is_match(sentence))
}
