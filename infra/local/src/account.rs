//! The only account and region that there are, and what is set up in them.

/// The region that all of this is in.
pub const REGION: &str = "us-east-1";
/// The account that all of this is in.
pub(crate) const ACCOUNT: &str = "000000000000";
/// The access key of the account itself; that of a function is its name.
pub const ACCESS_KEY: &str = "local";
/// The secret of every access key.
pub const SECRET_KEY: &str = "local-postern";

/// The address that mail comes from, the only one that SES has verified here.
pub(crate) const FROM_ADDRESS: &str = "portal@postern.test";
/// The number that texts come from, one of those reserved for fiction, and the only one of the account here.
pub(crate) const SMS_ORIGINATION: &str = "+12025550100";
/// Where flaws may be reported.
pub(crate) const SECURITY_CONTACT: &str = "mailto:security@postern.test";

/// What the parameter `name` of the template is here, or what AWS itself gives this name.
pub(crate) fn parameter(name: &str) -> Option<&'static str> {
    match name {
        "FromAddress" => Some(FROM_ADDRESS),
        "SmsOrigination" => Some(SMS_ORIGINATION),
        "MessagesPerSecond" => Some("10"),
        "TextsPerDay" => Some("1000"),
        "SecurityContact" => Some(SECURITY_CONTACT),
        "AWS::AccountId" => Some(ACCOUNT),
        "AWS::Partition" => Some("aws"),
        "AWS::Region" => Some(REGION),
        _ => None,
    }
}

/// The ARN of something of `service`.
pub(crate) fn arn(service: &str, name: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{name}")
}
