//! Takes out of a file what is only for those who read it in its folder.

/// A text without indentation, without comments that have lines of their own, and without types within lines. What has a licence stays
/// as it is.
pub fn slim(text: &str) -> String {
    if text.contains("@license") {
        return text.to_owned();
    }
    let mut slim = String::new();
    let mut is_in_comment = false;
    for line in text.lines().map(str::trim_start) {
        let mut line = line;
        if is_in_comment || line.starts_with("/*") {
            let end = line.split_once("*/");
            is_in_comment = end.is_none();
            line = end.map_or("", |(_, rest)| rest.trim_start());
        }
        if line.is_empty() || line.starts_with("//") {
            continue;
        }
        while let Some((before, (_, after))) = line.split_once("/** @").and_then(|(before, rest)| Some((before, rest.split_once("*/")?))) {
            slim.push_str(before);
            line = after.trim_start();
        }
        slim.push_str(line);
        slim.push('\n');
    }
    slim
}

#[cfg(test)]
mod tests {
    use super::slim;

    #[test]
    fn comments_types_and_indentation_stay_behind() {
        let text = "/** One.\n * Two. */\nfunction a(/** @type {B} */ b, c) {\n  // Three.\n\n  /** @type {D} */ (b).c = \"image/*\"; // four\n}\n";
        assert_eq!(slim(text), "function a(b, c) {\n(b).c = \"image/*\"; // four\n}\n");
        assert_eq!(slim("/* One. */\n:root {\n  color: red;\n}\n"), ":root {\ncolor: red;\n}\n");
    }

    #[test]
    fn a_licence_stays() {
        let text = "/**\n * @license\n * BSD\n */\nlet a;\n";
        assert_eq!(slim(text), text);
    }
}
