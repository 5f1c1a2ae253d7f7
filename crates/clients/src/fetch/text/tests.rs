use super::*;

fn text(html: &str) -> String {
    of_html(html, false).text
}

#[test]
fn blocks_become_lines_and_inline_elements_do_not_break_words() {
    let html = "<h1>Our <em>cus</em>tomers</h1><p>Acme\n  &amp;&nbsp;Co</p>We<br>ship<ul><li>one<li>two</ul>";
    assert_eq!(text(html), "Our customers\nAcme & Co\nWe\nship\none\ntwo");
}

#[test]
fn headings_are_told_from_other_lines() {
    let html =
        "<nav><h2>Menu</h2></nav><h1>Fees</h1><h2></h2><p>Two and twenty.</p><h3><div>The <b>20</b></div></h3>of gains";
    let lines: Vec<_> = html_lines(html).into_iter().map(|line| (line.heading, line.text)).collect();
    let expected = [(Some(1), "Fees"), (None, "Two and twenty."), (Some(3), "The 20"), (None, "of gains")];
    assert_eq!(lines, expected.map(|(level, text)| (level, text.to_owned())));
}

#[test]
fn a_row_of_a_table_is_a_line() {
    assert_eq!(text("<table><tr><th>Plan<th>Price<tr><td>Basic</td><td>$9</td></table>"), "Plan Price\nBasic $9");
}

#[test]
fn scripts_styles_navigation_and_controls_are_left_out() {
    let html = "<style>p{}</style><script>if (a < b) '<p>no</p>'</script><noscript>no</noscript><nav><a>Home</a></nav>\
        <p>yes</p><svg><title>icon</title></svg><template><p>no</p></template><button>OK</button>\
        <select><option>no</select><textarea>no</textarea>";
    assert_eq!(text(html), "yes");
}

#[test]
fn cookie_banners_and_hidden_parts_are_left_out() {
    let html = "<div id=onetrust-banner-sdk><div><p>We value your privacy</p></div></div>\
        <div class='box js-cookie-consent'>Accept</div><div hidden>no</div><p aria-hidden=true>no</p>\
        <div role=navigation>Menu</div><p>yes</p>";
    assert_eq!(text(html), "yes");
}

#[test]
fn what_is_hidden_by_style_is_left_out_wherever_it_ends() {
    let html = "<p>yes</p><span style='display:none'><span>no</span>no</span><article hidden>no</article>\
        <p style='visibility:hidden'>no<p>yes<ul><li hidden>no<li>yes</ul><div style='opacity:0'><div>no</div>no</div>";
    assert_eq!(text(html), "yes\nyes\nyes");
    assert_eq!(text("<p style='font-size:0'>no"), "");
    let row = "<div style='font-size:0'>no<b>no</b><div style='font-size:14px'>yes<b>yes</b></div>no</div>yes";
    assert_eq!(text(row), "yesyes\nyes");
    let shown = "<div style='visibility:hidden'>no<b style='visibility:visible'>yes</b><img alt=no></div>yes";
    assert_eq!(text(shown), "yes\nyes");
    let shown = "<div style='color:transparent'>no<b style='color:#000'>yes<i>yes</i></b><i>no</i></div>yes";
    assert_eq!(text(shown), "yesyes\nyes");
    let gradient = "<h1 style='color:transparent;background:linear-gradient(red,blue);background-clip:text'>yes</h1>";
    assert_eq!(text(gradient), "yes");
    assert_eq!(text("<body style='opacity:0'><p>yes"), "yes");
    let deep = format!("{}<p style='display:none'>no</p><p>yes", "<div>".repeat(5000));
    assert_eq!(text(&deep), "yes");
}

#[test]
fn what_is_hidden_by_the_sheets_of_the_page_is_left_out() {
    let html = "<p class='note x'>no</p><p id=a>no</p><p class=x>yes</p><style>.note{display:none}</style>\
        <style media=print>.x{display:none}</style><style>#a{position:absolute;top:-9999px}</style>";
    assert_eq!(text(html), "yes");
}

#[test]
fn rows_of_tables_are_told_and_which_of_them_head_others() {
    let html = "<p>a<table><tr><th>Plan<th>Price<tr><th>Basic<td>$9</table><table><thead><tr><td>A<td>B</thead>\
        <tbody><tr><td>1<td>2</table><p>b";
    let rows: Vec<_> = html_lines(html).into_iter().map(|line| (line.row, line.text)).collect();
    let expected = [
        (None, "a"),
        (Some(true), "Plan Price"),
        (Some(false), "Basic $9"),
        (Some(true), "A B"),
        (Some(false), "1 2"),
        (None, "b"),
    ];
    assert_eq!(rows, expected.map(|(row, text)| (row, text.to_owned())));
}

#[test]
fn a_page_that_is_marked_as_a_banner_as_a_whole_is_read_all_the_same() {
    assert_eq!(text("<body class=cookie-free><div class=consent-page><p>All we say</p></div>"), "All we say");
}

#[test]
fn the_footer_of_the_page_is_left_out_and_that_of_a_quotation_is_kept() {
    let html = "<blockquote>It works.<footer>Jo, Acme</footer></blockquote><footer>Imprint</footer>";
    assert_eq!(text(html), "It works.\nJo, Acme");
}

#[test]
fn an_element_that_is_never_closed_ends_with_the_one_around_it() {
    assert_eq!(text("<div><nav><a>Home</div><p>yes"), "yes");
    assert_eq!(text("<div><p hidden>no</div><p>yes"), "yes");
}

#[test]
fn an_end_without_a_beginning_closes_nothing() {
    assert_eq!(text("<nav>no</section></p></footer>no</nav>yes"), "yes");
}

#[test]
fn the_names_on_a_wall_of_logos_are_read() {
    assert_eq!(
        text("<p>Trusted by</p><img alt='Acme'><img alt='Globex &amp; Co'><img>"),
        "Trusted by\nAcme Globex & Co"
    );
}

#[test]
fn the_first_title_is_the_pages() {
    let page = of_html("<svg><title>icon</title></svg><title>\n Acme &ndash; CRM </title><title>two</title>x", false);
    assert_eq!(page.title.as_deref(), Some("Acme – CRM"));
    assert_eq!(of_html("<title> </title>x", false).title, None);
}

#[test]
fn invisible_characters_are_taken_out_of_words() {
    assert_eq!(text("<p>Donau&shy;dampf\u{200b}schiff</p>"), "Donaudampfschiff");
}

#[test]
fn an_empty_script_of_xhtml_swallows_nothing() {
    assert_eq!(of_html("<html><script src='x'/><p>yes</p></html>", true).text, "yes");
}

#[test]
fn a_page_made_to_be_slow_is_read_to_its_end() {
    let attributes: String = (0..50_000).map(|n| format!("a{n} ")).collect();
    let deep = format!("{}{}", "<div>".repeat(50_000), "</nav>".repeat(50_000));
    let declarations = "color:red;left:1px;".repeat(1000);
    let sheet: String = (0..50).map(|_| format!(".a,.b,.c{{{declarations}}}")).collect();
    let styled = format!("<style>{sheet}</style>{}", "<i class='a b c'>".repeat(1000));
    for slow in [deep, "<b><p>".repeat(50_000), "&lt".repeat(50_000), format!("<p {attributes}>"), styled] {
        assert!(text(&format!("{slow}<p>yes")).ends_with("yes"), "{}", &slow[..20]);
    }
}

#[test]
fn a_plain_page_keeps_its_lines() {
    assert_eq!(of_plain("  a \t b\r\n\r\n\r\nc <p>\u{c}"), "a b\nc <p>");
}

#[test]
fn a_fragment_is_one_line_without_markup() {
    assert_eq!(of_fragment("<strong>Acme</strong>&#x27;s<br> CRM"), "Acme's CRM");
}
