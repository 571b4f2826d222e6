//! Trying digits at the gates of whoever has an email.

use postern_aws::{Unavailable, reach};
use postern_domain::{
    FirmScope,
    account::SignInRecord,
    gate::{GateDigits, GateVerdict, IdentityCheck, try_gates},
    settings::SignInPolicy,
    sign_in::GateTry,
};
use postern_store::{GateKeys, LogKeys, SignInKeys};

reach! {
    /// What trying a gate touches: keys alone.
    pub struct TryGate {
        gate_keys: GateKeys,
        log_keys: LogKeys,
        sign_in_keys: SignInKeys,
    }
}

impl TryGate {
    /// Tries `digits` at the gates of `person` that their firm asks for by this `policy`; of whom it asks none, any will do. For nobody the same work
    /// is done.
    ///
    /// # Errors
    /// If keys cannot be had.
    pub async fn attempt(
        &self,
        scope: &FirmScope,
        person: Option<&SignInRecord>,
        policy: &SignInPolicy,
        digits: &GateDigits,
    ) -> Result<GateTry, Unavailable> {
        let (sealer, hasher) = tokio::try_join!(self.log_keys.current(), self.sign_in_keys.attempts())?;
        let check = person.map_or(policy.identity_check, |person| person.account.policy(policy).identity_check);
        let (mut gates, newest) = (Vec::new(), self.gate_keys.current().await?);
        for (place, gate) in person.iter().flat_map(|person| person.gates.iter().enumerate()).filter(|(_, gate)| gate.serves(check)) {
            gates.push((place, gate, self.gate_keys.of(gate.key_id()).await?));
        }
        let contact = person.and_then(|person| person.account.identity.subject.contact());
        let gate_hash = sealer.gate_hash(scope, contact, digits);
        let hash = hasher.mistake(&gate_hash);
        if check == IdentityCheck::None {
            return Ok(GateTry::NotChecked);
        }
        Ok(match try_gates(&gates, digits, &newest, scope.firm(), contact) {
            GateVerdict::Opens(label, remade) => GateTry::Opened(label, remade),
            GateVerdict::OpensNone(kind) => GateTry::Wrong { kind, hash, gate_hash },
        })
    }
}
