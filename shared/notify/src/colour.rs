//! The firm's accent colour and the ink that is readable on it.

/// An opaque sRGB colour.
#[derive(Clone, Copy)]
pub(crate) struct Colour([u8; 3]);

impl Colour {
    /// The colour of a firm that has not chosen one.
    const DEFAULT: Self = Self([0x1f, 0x4e, 0x79]);

    /// The colour that `text` names as `#rrggbb`, or the default.
    ///
    /// The value is parsed and written anew, so that nothing else can reach a `style` attribute.
    pub(crate) fn or_default(text: &str) -> Self {
        Self::parse(text).unwrap_or(Self::DEFAULT)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        // `from_str_radix` alone would take a sign.
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The colour as CSS.
    pub(crate) fn css(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Black or white, whichever contrasts more; the better of the two is at least 4.5 : 1 on every colour.
    pub(crate) fn ink(self) -> &'static str {
        let luminance = self.luminance();
        if contrast(1.0, luminance) >= contrast(luminance, 0.0) { "#ffffff" } else { "#000000" }
    }

    /// Relative luminance as WCAG 2.2 defines it, from 0 (black) to 1 (white).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// The contrast ratio of two luminances as WCAG 2.2 defines it, from 1 to 21.
fn contrast(lighter: f64, darker: f64) -> f64 {
    (lighter + 0.05) / (darker + 0.05)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn anything_but_six_hex_digits_gives_the_default() {
        for text in ["", "red", "#fff", "#12345g", "#+12345", "#é2345", "#0b6e4f;display:none"] {
            assert_eq!(Colour::or_default(text).css(), "#1f4e79", "{text}");
        }
        assert_eq!(Colour::or_default("#0B6E4F").css(), "#0b6e4f");
    }

    #[test]
    fn light_colours_take_black_ink_and_dark_ones_white() {
        assert_eq!(Colour::or_default("#ffd400").ink(), "#000000");
        assert_eq!(Colour::or_default("#0b6e4f").ink(), "#ffffff");
    }

    proptest! {
        #[test]
        fn the_ink_is_readable_on_every_colour(rgb: [u8; 3]) {
            let colour = Colour(rgb);
            let luminance = colour.luminance();
            let ratio = if colour.ink() == "#ffffff" { contrast(1.0, luminance) } else { contrast(luminance, 0.0) };
            prop_assert!(ratio >= 4.5, "{ratio}");
        }
    }
}
