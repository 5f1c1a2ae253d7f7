use super::*;

/// Returns true if the text of the innermost of nested elements is visible. Elements are given outermost first, each by
/// its name and its attributes `class`, `id` and `style`.
fn is_seen(sheet: &str, elements: &[(&str, &str)]) -> bool {
    let mut rules = Sheet::default();
    rules.read(sheet);
    let mut text = TextLook::default();
    for (name, style) in elements {
        let mut names = name.split('.');
        let element = Element {
            name: names.next().unwrap_or_default().to_owned(),
            class: names.collect::<Vec<_>>().join(" "),
            id: "it".to_owned(),
            style: (*style).to_owned(),
            ..Element::default()
        };
        let look = rules.look_of(&element);
        if look.is_hidden {
            return false;
        }
        text = look.text.within(text);
    }
    !text.is_hidden()
}

#[test]
fn declarations_that_hide_are_known_however_they_are_written() {
    for hidden in [
        "display:none",
        " DISPLAY : None !important ; color: red",
        "disp/* x */lay:none",
        "d\\69splay:none",
        "display:block;display:none",
        "display:none;display:nonsense",
        "display:none!important;display:block",
        "display:none ! important;display:block",
        "background:url('a;b');display:none",
        "visibility: hidden",
        "visibility:hidden;visibility:seen",
        "opacity:0.0",
        "opacity:0%",
        "opacity:0;opacity:much",
        "height:0;overflow:hidden",
        "position:absolute;left:-9999px",
        "text-indent:-999em",
        "clip: rect(0, 0, 0, 0)",
        "clip-path: inset(50%)",
        "color:#fff;background-color:#FFF",
        "color:white;background:#ffffff",
        "color:rgb(255, 255, 255);background:white",
        "color: transparent",
        "color:#ffffff00",
        "color:rgba(0,0,0,0)",
        "-webkit-text-fill-color:transparent",
        "color:#fff;background:#fff;background-image:none",
        "transform:scale(0)",
        "mso-hide: all",
        "font-size: 0px",
        "font-size:0;font-size:inherit;font-size:0",
    ] {
        assert!(!is_seen("", &[("p", hidden)]), "{hidden}");
    }
}

#[test]
fn declarations_that_hide_nothing_are_told_from_those_that_do() {
    for seen in [
        "",
        "display:none;display:block",
        "display:none!important;display:block!important",
        "display:none;display:inline-flex",
        "opacity:0.5",
        "opacity:0;opacity:50%",
        "font-size:10px",
        "font-size:inherit",
        "height:0",
        "left:-9999px",
        "text-indent:-1em",
        "color:#fff;background:#000",
        "color:inherit;background:inherit",
        "color:inherit;background-color:inherit",
        "color:var(--text);background:var(--paper)",
        "color:transparent;background-image:linear-gradient(90deg,red,blue);background-clip:text",
        "color:transparent;background:linear-gradient(red,blue);-webkit-background-clip:text",
        "background:linear-gradient(red,blue) text;color:transparent",
        "-webkit-text-fill-color:transparent;background:#123456;-webkit-background-clip:text",
        "-webkit-text-fill-color:#000;color:transparent",
        "color:#fff;background-color:#fff;background-image:url(night.png)",
        "margin:0",
        "no style at all",
    ] {
        assert!(is_seen("", &[("p", seen)]), "{seen}");
    }
    let long =
        format!("color:transparent;background:linear-gradient({}red);background-clip:text", "blue, ".repeat(100));
    assert!(is_seen("", &[("p", &long)]));
}

#[test]
fn text_takes_its_look_from_the_elements_around_unless_something_else_is_said() {
    for (around, inside, seen) in [
        ("visibility:hidden", "", false),
        ("visibility:hidden", "visibility:visible", true),
        ("visibility:hidden", "visibility:initial", true),
        ("visibility:hidden", "visibility:inherit", false),
        ("visibility:collapse", "visibility:unset", false),
        ("display:none", "display:block", false),
        ("opacity:0", "opacity:1", false),
        ("font-size:0", "", false),
        ("font-size:0", "font-size:12px", true),
        ("font-size:0", "font-size:medium", true),
        ("font-size:0", "font-size:1rem", true),
        ("font-size:0", "font-size:2em", false),
        ("font-size:0", "font-size:120%", false),
        ("font-size:0", "font-size:larger", false),
        ("font-size:0", "font-size:inherit", false),
        ("color:transparent", "", false),
        ("color:transparent", "color:#000", true),
        ("color:transparent", "color:inherit", false),
        ("color:#fff;background:#fff", "background:#000", true),
        ("color:transparent;background:linear-gradient(red,blue);background-clip:text", "font-weight:bold", true),
    ] {
        assert_eq!(is_seen("", &[("div", around), ("b", inside)]), seen, "{around} / {inside}");
    }
}

#[test]
fn rules_of_a_sheet_are_heeded_by_their_rank() {
    let sheet = "/* a */ .off, #gone { display:none } p.off { display:block } .menu .item { display:none } \
        @media print { div { display:none } } @media screen { .far { position:fixed; left:-5000px } } b:hover{opacity:0}";
    for (element, style, seen) in [
        ("div.x.off", "", false),
        ("p.off", "", true),
        ("div.off", "display:inline", true),
        ("div.far", "", false),
        ("div.item", "", true),
        ("b", "", true),
    ] {
        assert_eq!(is_seen(sheet, &[(element, style)]), seen, "{element}");
    }
    assert!(!is_seen("#it{display:none}", &[("i", "")]));
}

#[test]
fn important_declarations_and_later_ones_win() {
    let many = |last: &str| {
        let others: String = (0..300).map(|number| format!(".k{number}.c{{display:block}} ")).collect();
        format!("{others}.c{{{last}}}")
    };
    let again = |count: usize, last: &str| format!("{}.c{{{last}}}", ".c{display:block}".repeat(count));
    let long = |last: &str| {
        let others = "color:red;width:1px;height:1px;left:1px;top:1px;right:1px;bottom:1px;opacity:1;max-width:9px;";
        format!(".c{{{others}{last}}}")
    };
    for (sheet, style, seen) in [
        (".c{display:none!important}".to_owned(), "display:block", false),
        (".c{display:none!important}".to_owned(), "display:block!important", true),
        (".c{display:none!important} p.c{display:block}".to_owned(), "", false),
        ("#it{display:none} .c{display:block!important}".to_owned(), "", true),
        (".c{display:none!important} .c{display:block!important}".to_owned(), "", true),
        (".c{display:none} p{display:block!important} p{display:none}".to_owned(), "", true),
        (".c{display:block;display:none}".to_owned(), "", false),
        (".c{display:none} .c{display:block}".to_owned(), "", true),
        (".a{display:none} .c{display:block} .a{opacity:1}".to_owned(), "", true),
        (many("display:none"), "", false),
        (again(40, "display:none"), "", false),
        (again(40, "visibility:hidden"), "", false),
        (long("display:none"), "", false),
    ] {
        assert_eq!(is_seen(&sheet, &[("p.a.c", style)]), seen, "{sheet} {style}");
    }
}

#[test]
fn what_the_attribute_hides_a_style_may_display() {
    let sheet = Sheet::default();
    let hidden = Element { name: "p".to_owned(), hidden: Some(String::new()), ..Element::default() };
    assert!(sheet.look_of(&hidden).is_hidden);
    assert!(sheet.look_of(&Element { style: "color:red".to_owned(), ..hidden.clone() }).is_hidden);
    assert!(!sheet.look_of(&Element { style: "display:block".to_owned(), ..hidden }).is_hidden);
}
