//! Detection of sentences that withdraw the request for a person, or refuse one. When in doubt the request stays.

use std::sync::LazyLock;

use regex::Regex;

use crate::collecting::pattern;

static WITHDRAWS: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?ix) {} | {ABROAD}", english())));

fn english() -> String {
    let somebody = r"(?:humans?(?:\s+being)?|persons?|people|someone|somebody|anyone|anybody|agents?|representatives?|reps?|operators?|colleagues?|managers?|advis[eo]rs?|employees?|support|sales|staff)";
    let who = format!(
        r"(?:(?:an?|the|any|some|your|that|this|one\s+of\s+your)\s+)?(?:(?:real|live|actual|human)\s+)*{somebody}\b"
    );
    let request = format!(
        r"(?:(?:the|that|my|this)\s+)?(?:hand\s?-?\s?over|hand\s?-?off|transfer|escalation|call\s?-?back|request)\b|(?:it|that)\s+with\s+{who}|{who}"
    );
    let more = r"(?:any\s?more|any\s+longer|after\s+all|now|thanks|thank\s+you|please|pls)";
    let talk = r"(?:(?:talk|speak|chat)(?:ing)?\s+(?:to|with)|hear\s+from)";
    format!(
        r"\b(?:don't|do\s+not|no\s+longer|needn't)\s+(?:really\s+|actually\s+)?(?:(?:need|want|require|wish)\s+)?(?:(?:to\s+)?{talk}\s+)?{who}
        | \bno\s+(?:more\s+|longer\s+any\s+)?need\s+ (?: (?:for|of)\s+{who} | to\s+(?:{talk}\s+|(?:ask|call|involve|bother|get|send|fetch|wait\s+for)\s+){who}
            | to\s+(?:connect|transfer|put|pass|hand)\s+(?:me|this|it)\b )
        | \bno\s+{who}\s+(?:is\s+|are\s+)?(?:needed|necessary|required|wanted|{more})
        | \b{who}\s+(?:is|are)\s+(?:no\s+longer|not)\s+(?:needed|necessary|required)\b
        | ^\W*(?:i\s+(?:said|want|wanted)\s+)?no\s+{who}(?:\W+(?:please|pls|thanks))*[\s.!,]*$
        | \b(?:don't|do\s+not)\s+(?:please\s+)?(?:call|get|fetch|send|involve|ask|bring)\s+(?:me\s+)?{who}
        | \b(?:forget|cancel|drop|skip|scrap|withdraw|undo|call\s+off|take\s+back|never\s?mind)\s+(?:about\s+)?(?:{request})
        | \b(?:manage|do|(?:go|carry)\s+on|continue|cope|get\s+by|fine|ok|okay|happy)\s+(?:\w+\s+)?without\s+{who}
        | \b(?:rather|let's|i'll|i\s+will|prefer\s+to|happy\s+to)\s+(?:just\s+)?(?:stay|stick|continue|go\s+on|carry\s+on|keep\s+(?:chatting|talking|going))\s+with\s+(?:you|the\s+(?:bot|assistant))\b
        | \bchanged\s+my\s+mind\s+(?:about|on)\s+(?:{talk}\s+)?(?:{request})
        | \b(?:tell|let)\s+(?:them|the\s+team|your\s+(?:team|colleagues?|staff))\s+(?:know\s+)?(?:that\s+)?(?:not\s+to|they\s+(?:needn't|don't|do\s+not)|(?:it's|it\s+is|that's|i'm|i\s+am)\s+(?:\w+\s+)?(?:solved|sorted|settled|fine|ok|okay|done))\b
        | \b(?:they|your\s+(?:team|colleagues?))\s+(?:needn't|(?:don't|do\s+not|no\s+longer)\s+(?:need|have)\s+to)\s+(?:come|answer|write|reply|respond|bother|call)\b
        | \b(?:nobody|no\s?one)\s+(?:needs|has)\s+to\s+(?:come|answer|write|reply|respond|call)\b
        | \bdon't\s+(?:bother|trouble)\s+(?:\w+ing\s+)?(?:anyone|anybody|them|the\s+team|your\s+(?:team|colleagues?|staff))\b
        | \bdon't\s+(?:(?:need|have)\s+to\s+)?(?:hand|transfer|connect|pass|put|escalate)\s+(?:me|this|it)\b
        | \bdon't\s+(?:need|have)\s+to\s+(?:get|fetch|find|send|ask)\s+(?:me\s+)?{who}"
    )
    // Many type no apostrophe.
    .replace("don't", "don'?t")
    .replace("needn't", "needn'?t")
}

const ABROAD: &str = r"
    \b(?:brauche|benötige|möchte|will|wünsche)\b [^.?!\n,]{0,20}? \b(?:kein(?:en|e)?|niemand(?:en|em)?)\s*(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|person|kolleg(?:en|in)|ansprechpartner(?:in)?|rückruf)?\s*(?:mehr|doch|sprechen|reden)\b
    | \bkein(?:e|en)?\s+(?:mensch|mitarbeiter(?:in)?|berater(?:in)?|person|kolleg(?:e|in)|rückruf)\s+(?:mehr\s+)?(?:nötig|notwendig|erforderlich|mehr)\b
    | \b(?:vergiss|vergessen\s+sie|storniere[nt]?(?:\s+sie)?|streiche[nt]?(?:\s+sie)?)\s+(?:bitte\s+)?(?:den|die|das|meine)\s+(?:menschen|mitarbeiter(?:in)?|berater(?:in)?|person|kolleg(?:en|in)|rückruf|anfrage|weiterleitung|übergabe)\b
    | \bhat\s+sich\s+(?:\w+\s+)?erledigt\b | \b(?:brauchen|müssen|musst|brauchst)\s+(?:sie\s+|du\s+)?niemanden\s+(?:mehr\s+)?(?:zu\s+)?(?:frag|hol|ruf|schick)\w+
    | \bya\s+no\s+(?:necesito|quiero|hace\s+falta|preciso)\b [^.?!\n,]{0,25}? \b(?:personas?|humano|agente|asesora?|representante|operadora?|nadie|alguien)\b
    | \bno\s+(?:hace\s+falta|es\s+necesario)\b [^.?!\n,]{0,25}? \b(?:persona|humano|agente|asesora?|operadora?|nadie)\b
    | \b(?:olvid[ae]|cancel[ae]|anul[ae])\s+(?:el|la|lo\s+del?(?:\s+la)?|al|mi)\s+(?:solicitud|petición|persona|humano|agente|asesora?|traspaso)\b
    | \b(?:pas|plus)\s+besoin\s+(?:d'|de\s+)(?:une?\s+)?(?:parler\s+à\s+)?(?:une?\s+)?(?:humain|personne|conseill(?:er|ère)|agent|quelqu'un|rappel)\b
    | \bne\s+(?:veux|souhaite)\s+(?:plus|pas)\s+(?:parler\s+(?:à|avec)|être\s+mis\s+en\s+relation\s+avec)\b [^.?!\n,]{0,15}? \b(?:personne|humain|conseill(?:er|ère)|agent|quelqu'un)\b
    | \b(?:oubliez|oublie|annulez|annule)\s+(?:la|le|l'|ma|cette)\s*(?:demande|conseill(?:er|ère)|agent|humain|personne|transfert)\b
    | \bnão\s+preciso\s+mais\b [^.?!\n,]{0,20}? \b(?:pessoa|humano|atendente|algu[eé]m|ninguém|agente|operadora?)\b | \bjá\s+não\s+(?:preciso|quero)\b [^.?!\n,]{0,20}? \b(?:pessoa|humano|atendente|algu[eé]m|ninguém|agente|operadora?)\b
    | \bnão\s+é\s+(?:mais\s+)?(?:necessári[oa]|preciso)\b [^.?!\n,]{0,20}? \b(?:pessoa|humano|atendente|algu[eé]m|ninguém|agente)\b
    | \b(?:cancel[ae]|esqueç[ao]|anule)\s+(?:o|a|meu)\s+(?:pedido|solicitação|atendente|agente|pessoa|humano)\b
    | \bnon\s+(?:ho\s+più\s+bisogno\s+di|mi\s+serve\s+più|serve\s+più|voglio\s+più\s+parlare\s+con)\b [^.?!\n,]{0,15}? \b(?:persona|umano|operat(?:ore|rice)|qualcuno|nessuno|consulente|agente)\b
    | \b(?:annulla|annullate|annulli|lasci[ai]?\s+perdere|dimentica|dimenticate)\s+(?:la|il|l'|la\s+mia)\s*(?:richiesta|operat(?:ore|rice)|persona|agente|consulente)\b";

/// Signs that the request stays, or that the sentence is about others.
static STAYS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)
        \b(?:don't|do\s+not|didn't|did\s+not|never|not)\s+(?:you\s+)?(?:forget|cancel|drop|skip|withdraw|undo)\b | \bnicht\s+(?:den|die|das|meine)\b
        | \b(?:did|have|has|why|when|who|how|do|does|should)\s+(?:you|i|we|they|funds?|traders?|people|banks?|the\s+\w+)\b [^.!\n]{0,60} \?
        | \b(?:can|could|would|will)\s+(?:i|they|funds?|traders?|people|banks?|the\s+\w+)\b [^.!\n]{0,60} \?
        | \b(?:traders?|funds?|investors?|analysts?|banks?|companies)\s+(?:\w+\s+)?(?:can|could|do|don't|no\s+longer|will|need)\b
        | (?:^|[,:]\s*|\b(?:and|but|please|just)\s+)(?:get|give|find|bring|send)\s+me\b | \b(?:i|we)\s+(?:still\s+|do\s+)?(?:need|want)\s+an?\s+(?:real\s+)?(?:human|person|agent|manager|supervisor)\b",
    )
});

/// Returns true if a sentence withdraws the request for a person.
pub(super) fn is_withdrawal(sentence: &str) -> bool {
    WITHDRAWS.is_match(sentence) && !STAYS.is_match(sentence)
}
