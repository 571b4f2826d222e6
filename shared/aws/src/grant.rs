//! What a function may touch, declared once.

use postern_domain::{Clock, Dice};

use crate::{Aws, Misconfigured};

/// Something that a function can reach: a store, keys, a sender, a setting.
pub trait Reachable: Sized {
    /// It, as it is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing or malformed.
    fn reach(aws: &Aws) -> Result<Self, Misconfigured>;

    /// What it takes to use it for `actions`, in the words of IAM without the service.
    fn grants(actions: &[&'static str]) -> Vec<Grant>;
}

/// What a function is given for one thing that it reaches: a variable that names it, and actions that its role allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The environment variable; the template calls the same thing alike, in its own letters (`SIGN_IN_SECRET` is `SignInSecret`).
    pub variable: &'static str,
    /// What it is.
    pub thing: Thing,
    /// What may be done with it.
    pub actions: Vec<&'static str>,
}

/// The kinds of things that a function reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// A table of DynamoDB with these indexes.
    Table(&'static [&'static str]),
    /// A secret of Secrets Manager.
    Secret,
    /// A bucket of S3.
    Bucket,
    /// SES, for mail from one address.
    Mail,
    /// SNS, for text messages.
    Texts,
    /// A plain value.
    Setting,
}

/// Declares all that a function may touch, each with the actions that it takes, of which `QueryIndex` is a query by the indexes of a table:
///
/// ```ignore
/// reach! {
///     directory: Directory [GetItem],
///     sign_in_keys: SignInKeys,
/// }
/// ```
///
/// This is a struct `Reach` of these fields. Given `struct Name { … }` it is called so; what several functions reach together can be
/// declared by itself and be a field of each.
#[macro_export]
macro_rules! reach {
    ($(#[$doc:meta])* pub struct $name:ident { $($field:ident: $type:ty $([$($action:ident),+])?),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            $(
                #[doc = concat!("`", stringify!($type), "`, as it is reached.")]
                pub $field: $type,
            )+
        }

        impl $crate::Reachable for $name {
            fn reach(aws: &$crate::Aws) -> Result<Self, $crate::Misconfigured> {
                Ok(Self { $($field: $crate::Reachable::reach(aws)?),+ })
            }

            fn grants(_: &[&'static str]) -> Vec<$crate::Grant> {
                [$(<$type as $crate::Reachable>::grants(&[$($(stringify!($action)),+)?])),+].concat()
            }
        }
    };
    ($($fields:tt)+) => {
        $crate::reach! {
            /// All that this function may touch; its role in the template grants the same and no more.
            pub struct Reach { $($fields)+ }
        }
    };
}

impl Reachable for Clock {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(aws.clock.clone())
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        Vec::new()
    }
}

impl Reachable for Dice {
    fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(aws.dice.clone())
    }

    fn grants(_: &[&'static str]) -> Vec<Grant> {
        Vec::new()
    }
}
