//! Tests of visible and invisible text.

use super::{Unread, glyphs::text};

/// Returns a file of one page drawn by these instructions.
fn file(drawing: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [6 0 R 7 0 R] /D << /OFF [6 0 R] >> >> >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /CropBox [0 0 600 780] /Contents 4 0 R /Resources << \
         /Font << /F 5 0 R >> /Properties << /Off 6 0 R /On 7 0 R >> /XObject << /Scan 8 0 R /Dot 9 0 R >> \
         /ExtGState << /Clear << /ca 0 /CA 0 >> /Half << /ca 0.5 >> /Marker << /BM /Multiply >> \
         /Dark << /SMask << /S /Luminosity /G 14 0 R >> >> /Light << /SMask << /S /Luminosity /G 15 0 R >> >> \
         /Nothing << /SMask << /S /Alpha /G 16 0 R >> >> >> \
         /Pattern << /White 10 0 R /Black 11 0 R /Gaps 12 0 R /Shade 13 0 R >> >> >>"
            .to_owned(),
        stream("", drawing),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        "<< /Type /OCG /Name (off) >>".to_owned(),
        "<< /Type /OCG /Name (on) >>".to_owned(),
        picture(400),
        picture(1),
        stream(&tile(10), "1 g 0 0 10 10 re f"),
        stream(&tile(10), "0 g 0 0 10 10 re f"),
        stream(&tile(40), "1 g 0 0 10 10 re f"),
        "<< /PatternType 2 /Shading << /ShadingType 2 /ColorSpace /DeviceGray /Coords [0 0 600 0] /Extend [true true] \
         /Function << /FunctionType 2 /Domain [0 1] /C0 [1] /C1 [0.99] /N 1 >> >> >>"
            .to_owned(),
        stream(MASK, "0 g 0 0 612 792 re f"),
        stream(MASK, "1 g 0 0 612 792 re f"),
        stream(MASK, ""),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let (start, count) = (file.len(), objects.len() + 1);
    file.push_str(&format!("xref\n0 {count}\n0000000000 65535 f \n{}", places.concat()));
    file.push_str(&format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    file.into_bytes()
}

fn stream(dict: &str, content: &str) -> String {
    format!("<< {dict} /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// Returns a pattern of tiles of ten points at this distance.
fn tile(step: u32) -> String {
    format!("/PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 10 10] /XStep {step} /YStep {step} /Resources << >>")
}

/// Dictionary of the group of a mask.
const MASK: &str =
    "/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Group << /S /Transparency /CS /DeviceGray >> /Resources << >>";

/// Returns a white picture of this size.
fn picture(side: usize) -> String {
    let pixels = "F".repeat(2 * side * side);
    format!(
        "<< /Type /XObject /Subtype /Image /Width {side} /Height {side} /BitsPerComponent 8 /ColorSpace /DeviceGray \
         /Filter /ASCIIHexDecode /Length {} >>\nstream\n{pixels}>\nendstream",
        pixels.len() + 1
    )
}

/// Returns a file with a visible line and the instructions.
fn with_line(drawing: &str) -> Vec<u8> {
    file(&format!("BT /F 11 Tf 72 700 Td (Barolo is red.) Tj ET\n{drawing}"))
}

#[test]
fn what_nobody_sees_is_not_read() {
    for (kind, drawing) in [
        ("white on white", "1 g BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("nearly white on white", "0.98 g BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("white in another space of color", "0 0 0 0 k BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("black on black", "0 g 60 600 300 100 re f BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        (
            "blue on a round blue area",
            "0 0 1 rg 60 640 m 300 500 400 700 300 760 c h f BT /F 11 Tf 220 650 Td (hidden) Tj ET",
        ),
        ("red on a wide red line", "1 0 0 RG 1 0 0 rg 40 w 60 655 m 300 655 l S BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("white on half of white", "/Half gs 1 g 60 600 300 100 re f BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("invisible", "BT 3 Tr /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("a clip that nothing is painted in", "BT 7 Tr /F 11 Tf 72 650 Td (hidden) Tj ET"),
        (
            "invisible before a round clip",
            "BT 3 Tr /F 11 Tf 72 650 Td (hidden) Tj ET 0 0 m 900 0 900 900 0 900 c h W n 0 0 600 780 re f",
        ),
        ("transparent", "q /Clear gs BT /F 11 Tf 72 650 Td (hidden) Tj ET Q"),
        ("tiny", "BT /F 0.5 Tf 72 650 Td (hidden) Tj ET"),
        ("shrunk", "q 0.01 0 0 0.01 72 650 cm BT /F 11 Tf (hidden) Tj ET Q"),
        ("without breadth", "BT 1 Tz /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("off the page", "BT /F 11 Tf 2000 650 Td (hidden) Tj ET"),
        ("below the page", "BT /F 11 Tf 72 -650 Td (hidden) Tj ET"),
        ("outside of what is shown of the page", "BT /F 9 Tf 72 783 Td (hidden) Tj ET"),
        ("outside of the clip", "q 10 10 20 20 re W n BT /F 11 Tf 72 650 Td (hidden) Tj ET Q"),
        ("in an empty clip", "q 72 650 0 0 re W n BT /F 11 Tf 72 650 Td (hidden) Tj ET Q"),
        ("in the corner of a clip", "q 60 600 m 400 600 l 60 760 l h W n BT /F 11 Tf 300 740 Td (hidden) Tj ET Q"),
        ("covered", "BT /F 11 Tf 72 650 Td (hidden) Tj ET 1 g 60 600 300 100 re f"),
        (
            "covered by a round area",
            "BT /F 11 Tf 220 650 Td (hidden) Tj ET 0 0 1 rg 60 640 m 300 500 400 700 300 760 c h f",
        ),
        ("covered by a stretched picture", "BT /F 11 Tf 72 650 Td (hidden) Tj ET q 300 0 0 100 60 600 cm /Dot Do Q"),
        ("in a white pattern", "/Pattern cs /White scn BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        ("in a white shading", "/Pattern cs /Shade scn BT /F 11 Tf 72 650 Td (hidden) Tj ET"),
        (
            "white on a white pattern on black",
            "0 g 60 600 300 100 re f /Pattern cs /White scn 60 600 300 100 re f 1 g BT /F 11 Tf 72 650 Td (hidden) Tj ET",
        ),
        ("covered by a pattern", "BT /F 11 Tf 72 650 Td (hidden) Tj ET /Pattern cs /White scn 60 600 300 100 re f"),
        ("covered by a shading", "BT /F 11 Tf 72 650 Td (hidden) Tj ET /Pattern cs /Shade scn 60 600 300 100 re f"),
        ("behind a mask", "q /Dark gs BT /F 11 Tf 72 650 Td (hidden) Tj ET Q"),
        ("behind a mask of nothing", "q /Nothing gs BT /F 11 Tf 72 650 Td (hidden) Tj ET Q"),
        (
            "white on an area behind a mask",
            "q /Dark gs 0 g 60 600 300 100 re f Q 1 g BT /F 11 Tf 72 650 Td (hidden) Tj ET",
        ),
        (
            "invisible on a picture behind a mask",
            "q /Dark gs 300 0 0 100 60 600 cm /Scan Do Q BT 3 Tr /F 11 Tf 72 650 Td (hidden) Tj ET",
        ),
        ("letter upon letter", "BT /F 11 Tf -7 Tc 72 650 Td (hidden) Tj ET"),
        ("letter upon letter, one by one", "BT /F 11 Tf 72 650 Td [(h) 560 (i) 230 (d) 560 (d) 560 (e) 560 (n)] TJ ET"),
        ("in a layer that is off", "/OC /Off BDC BT /F 11 Tf 72 650 Td (hidden) Tj ET EMC"),
    ] {
        assert_eq!(text(with_line(drawing)).as_deref(), Ok("\n###### Page 1\n\nBarolo is red.\n\n"), "{kind}");
        assert_eq!(text(file(drawing)), Err(Unread::NoText), "{kind}");
    }
}

#[test]
fn what_people_see_is_read() {
    for (kind, drawing) in [
        ("plain", "BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("small print", "BT /F 3 Tf 72 650 Td (shown) Tj ET"),
        ("grey", "0.85 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("white on black", "0 g 60 600 300 100 re f 1 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("white on a narrow bar", "0.2 g 60 647 300 13 re f 1 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("white on a wide line", "40 w 60 655 m 300 655 l S 1 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("white on a picture", "q 300 0 0 100 60 600 cm /Scan Do Q 1 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("outlines", "BT 1 Tr /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("outlines, filled", "BT 2 Tr /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("white with black outlines", "1 g BT 2 Tr /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("twice, to make it bold", "BT /F 11 Tf 72 650 Td (shown) Tj 0.3 0 Td (shown) Tj ET"),
        (
            "a clip with something painted in it",
            "q BT 7 Tr /F 11 Tf 72 650 Td (shown) Tj ET 1 0 0 rg 0 0 600 780 re f Q",
        ),
        ("in a clip", "q 60 600 300 100 re W n BT /F 11 Tf 72 650 Td (shown) Tj ET Q"),
        ("in a round clip", "q 60 640 m 300 500 400 700 300 760 c h W n BT /F 11 Tf 220 650 Td (shown) Tj ET Q"),
        ("after a clip", "q 10 10 20 20 re W n Q BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("over what covers", "1 g 60 600 300 100 re f 0 g BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        ("below a marker", "BT /F 11 Tf 72 650 Td (shown) Tj ET /Marker gs 1 1 0 rg 60 600 300 100 re f"),
        ("below something half opaque", "BT /F 11 Tf 72 650 Td (shown) Tj ET /Half gs 1 1 0 rg 60 600 300 100 re f"),
        ("below lines", "BT /F 11 Tf 72 650 Td (shown) Tj ET 0.5 w 60 653 m 300 653 l S 60 640 300 30 re S"),
        ("the words of a scan", "q 300 0 0 100 60 600 cm /Scan Do Q BT 3 Tr /F 11 Tf 72 650 Td (shown) Tj ET"),
        (
            "the words of a scan, below it",
            "BT 3 Tr /F 11 Tf 72 650 Td (shown) Tj ET q 300 0 0 100 60 600 cm /Scan Do Q",
        ),
        ("in a black pattern", "/Pattern cs /Black scn BT /F 11 Tf 72 650 Td (shown) Tj ET"),
        (
            "white on a black pattern",
            "/Pattern cs /Black scn 60 600 300 100 re f 1 g BT /F 11 Tf 72 650 Td (shown) Tj ET",
        ),
        ("below a pattern with gaps", "BT /F 11 Tf 72 650 Td (shown) Tj ET /Pattern cs /Gaps scn 60 600 300 100 re f"),
        ("behind a mask that lets all through", "q /Light gs BT /F 11 Tf 72 650 Td (shown) Tj ET Q"),
        ("below an area behind a mask", "BT /F 11 Tf 72 650 Td (shown) Tj ET q /Dark gs 1 g 60 600 300 100 re f Q"),
        ("tight", "BT /F 11 Tf -1 Tc 72 650 Td (shown) Tj ET"),
        ("in a layer that is on", "/OC /On BDC BT /F 11 Tf 72 650 Td (shown) Tj ET EMC"),
        ("turned", "BT /F 11 Tf 0 1 -1 0 300 400 Tm (shown) Tj ET"),
    ] {
        assert_eq!(text(file(drawing)).as_deref(), Ok("\n###### Page 1\n\nshown\n\n"), "{kind}");
    }
}
