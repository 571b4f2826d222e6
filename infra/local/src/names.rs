//! One thing's names in the template, in folders, in settings and to AWS.

/// A name as the template writes names: `SMS_ORIGINATION` and `sms-origination` are `SmsOrigination`.
pub fn pascal(name: &str) -> String {
    let words = name.split(['-', '_']).map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), word[1..].to_ascii_lowercase()));
    words.collect()
}

/// The name of the function that the template calls `id`: `SendFreshLink` is `send-fresh-link`.
pub fn kebab(id: &str) -> String {
    let letters = id.chars().flat_map(|letter| [letter.is_ascii_uppercase().then_some('-'), Some(letter.to_ascii_lowercase())]);
    letters.flatten().skip_while(|letter| *letter == '-').collect()
}

/// The name of the bucket that the template calls `id`: buckets have no capitals.
pub(crate) fn bucket(id: &str) -> String {
    id.to_lowercase()
}
