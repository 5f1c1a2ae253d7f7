//! Questions with which visitors answer: who asks, and why. They are neither values nor questions for the knowledge
//! base.

use std::sync::LazyLock;

use regex::Regex;

use super::text::pattern;

/// A counter-question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBack {
    /// `who are you?`
    Who,
    /// `why do you ask?`
    Why,
}

/// Pattern of the words before and after it.
const BEFORE: &str = r"(?:(?:hi|hey|hello|hallo|hola|bonjour|and|but|so|ok|okay|well|wait|sorry|excuse me|und|aber|y|et|mais|pero|um+|hm+)\b\W*)*";
const BEHIND: &str = r"(?:\W*\b(?:anyway|exactly|actually|then|please|though|again|here|denn|eigentlich|überhaupt|genau|exactement|exactamente|bitte|to me|there|even|really)\b)*";

static WHO: LazyLock<Regex> = LazyLock::new(|| {
    whole(
        r"who(?:'s| is|'re| are)? (?:are you|you|am i (?:talking|speaking|chatting) (?:to|with)|this|there|do i (?:talk|speak) to)|who are you|what are you|who am i (?:talking|speaking|chatting) (?:to|with)|(?:what is|what's) your name|what are you called|are you (?:an? )?(?:(?:real|actual|live) )?(?:bot|robot|human|person|ai|machine|chatbot|real|program|computer|human being)|am i (?:talking|speaking|chatting) (?:to|with) (?:an? )?(?:(?:real|actual) )?(?:bot|robot|human|person|ai|machine|chatbot)|is this (?:an? )?(?:bot|robot|real person|human|ai|chatbot)|tell me (?:about yourself|who you are)|introduce yourself
        |wer (?:bist du|sind sie|seid ihr|ist da|spricht da|bin ich)|mit wem (?:spreche|rede|schreibe|chatte) ich|was bist du|wie (?:heißt|heisst) du|wie heißen sie|bist du (?:ein(?:e)? )?(?:echter )?(?:bot|mensch|roboter|ki|maschine|person)|sind sie (?:ein(?:e)? )?(?:echter )?(?:bot|mensch|roboter|ki|maschine|person)
        |(?:quién|quien) (?:eres|es usted|es|sois)|(?:con )?(?:quién|quien) (?:hablo|estoy hablando)|(?:qué|que) eres|cómo te llamas|eres (?:una? )?(?:bot|robot|humano|persona|máquina)(?: real)?
        |qui (?:es-tu|êtes-vous|est-ce|es tu|êtes vous|est-là)|(?:tu es|vous êtes|t'es) qui|à qui (?:je parle|ai-je l'honneur|parlé-je)|(?:es-tu|êtes-vous|tu es|vous êtes) (?:une? )?(?:robot|humain|bot|personne|machine)(?: réelle)?|comment (?:tu t'appelles|t'appelles-tu|vous appelez-vous)
        |quem (?:é você|és tu|é)|chi (?:sei|è|siete)|wie ben je|wie bent u",
    )
});

static WHY: LazyLock<Regex> = LazyLock::new(|| {
    whole(
        r"why(?: do| would| are| did)? you (?:ask|asking|want|need|care|wanna know|want to know|need to know|need (?:that|this|it|my \w+)|want (?:that|this|it|my \w+)|need to know (?:that|this|it|my \w+)|want to know (?:that|this|it|my \w+)|asking (?:me )?(?:that|this|for (?:that|this|it|my \w+))|ask (?:me )?(?:that|this|for (?:that|this|it|my \w+)))|why(?: is)?(?: that| this| it)? (?:important|relevant|necessary|needed)|why (?:is|does) (?:that|this|it) (?:matter|important|relevant|necessary|needed)|why the question|why (?:should|would|must|do) i (?:tell|say|give|have to (?:tell|say|give))(?: you)?(?: (?:that|this|it|my \w+))?|why|why (?:that|this|my \w+)|what(?:'s| is) (?:it|that|this) for|what (?:do you need|do you want) (?:it|that|this|my \w+) for|what for|how is (?:that|this) relevant|is (?:that|this|it) (?:necessary|required|needed|mandatory)|do i have to(?: (?:tell|say|answer))?(?: you)?(?: (?:that|this))?|what's it to you
        |warum (?:fragst du|fragen sie|fragt ihr|willst du das wissen|wollen sie das wissen|wollt ihr das wissen|muss ich das (?:sagen|angeben)|brauchst du das|brauchen sie das|ist das wichtig)(?: das| danach)?|wieso (?:fragst du|fragen sie|willst du das wissen|wollen sie das wissen|brauchen sie das)(?: das)?|wozu(?: das| brauchen sie das| brauchst du das)?|wofür (?:ist das|brauchen sie das|brauchst du das)|weshalb fragen sie
        |(?:por qué|por que|porqué|para qué|para que) (?:preguntas|pregunta|lo preguntas|lo pregunta|quieres saberlo|quiere saberlo|lo necesitas?|lo quieres?|necesitas? (?:eso|mi \w+))|para qué|y eso por qué
        |pourquoi (?:demandez-vous(?: ça| cela)?|(?:vous|tu) (?:me )?(?:demandez|demandes)(?: ça| cela)?|cette question|voulez-vous (?:le )?savoir(?: ça| cela)?|(?:vous|tu) (?:voulez|veux) savoir(?: ça| cela)?|c'est important)|pour quoi faire
        |por que (?:pergunta|você pergunta|quer saber)|perché (?:me lo chiedi|lo chiede|lo chiedi|vuole saperlo)|waarom (?:vraag je dat|vraagt u dat)",
    )
});

fn whole(phrases: &str) -> Regex {
    let phrases = phrases.replace("\n        ", "");
    pattern(&format!(r"(?i)^\W*{BEFORE}(?:{phrases}){BEHIND}\W*$"))
}

/// Returns the counter-question if the message consists of one.
pub fn asked_back(message: &str) -> Option<AskedBack> {
    let text = super::clean(message);
    match () {
        () if WHO.is_match(&text) => Some(AskedBack::Who),
        () if WHY.is_match(&text) => Some(AskedBack::Why),
        () => None,
    }
}
