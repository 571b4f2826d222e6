use super::*;
use crate::staff::NewStaffMember;

/// One staff member of each role, and a second owner if there are two.
fn staff(owners: usize) -> Vec<StaffMember> {
    let roles = [Role::Owner].repeat(owners).into_iter().chain([Role::Admin, Role::Staff, Role::Viewer]);
    let member = |(number, role): (u8, Role)| {
        let (name, email) = (format!("Person {number}"), format!("person-{number}@firm.test"));
        let new = NewStaffMember { name: Name::parse(&name).expect("a name"), email: Email::parse(&email).expect("an email"), role };
        new.invite(Timestamp::UNIX_EPOCH, &Dice::new(move |bytes| bytes.fill(number)))
    };
    (1..).zip(roles).map(member).collect()
}

fn dice() -> Dice {
    Dice::new(|bytes| bytes.fill(9))
}

fn of_role(all: &[StaffMember], role: Role) -> &StaffMember {
    all.iter().rfind(|one| one.role == role).expect("there is one of each role")
}

fn patch(json: serde_json::Value) -> StaffPatch {
    serde_json::from_value(json).expect("a patch")
}

#[test]
fn admins_decide_on_all_below_owner_and_owners_on_all() {
    use Role::{Admin, Owner, Staff, Viewer};
    let all = staff(2);
    for (acting, of, decides) in [
        (Owner, Owner, true),
        (Owner, Admin, true),
        (Admin, Owner, false),
        (Admin, Admin, true),
        (Admin, Staff, true),
        (Admin, Viewer, true),
        (Staff, Viewer, false),
        (Viewer, Viewer, false),
    ] {
        let (acting, member) = (of_role(&all, acting).identity(), of_role(&all, of));
        let other = all.iter().find(|one| one.staff != member.staff).expect("another").staff;
        let expected = if decides { None } else { Some(NotChanged::NotAllowed) };
        let named = patch(serde_json::json!({"name": "Other"})).apply(&all, &acting, member.staff, &dice());
        assert_eq!(named.err(), expected, "{acting:?} changes {of:?}");
        assert_eq!(StaffRemoval::of(&all, &acting, member.staff, other).err(), expected, "{acting:?} removes {of:?}");
        // What someone is made of is decided by the same right as what they are.
        let made = patch(serde_json::json!({"role": of})).apply(&all, &acting, of_role(&all, Viewer).staff, &dice());
        assert_eq!(made.err(), expected, "{acting:?} makes a {of:?}");
    }
}

#[test]
fn an_owner_goes_only_while_another_one_stays() {
    let (two, one) = (staff(2), staff(1));
    let demoted = || patch(serde_json::json!({"role": "admin"}));
    let (first, second) = (&two[0], &two[1]);
    let (acting, viewer) = (first.identity(), of_role(&two, Role::Viewer));
    // The other owner is relied on, whoever acts; and nobody twice.
    let relies_on = |change: Result<StaffChange, NotChanged>| change.map(|change| change.relies_on);
    assert_eq!(relies_on(demoted().apply(&two, &acting, first.staff, &dice())), Ok(vec![second.identity()]));
    assert_eq!(relies_on(demoted().apply(&two, &acting, second.staff, &dice())), Ok(vec![acting]));
    assert_eq!(relies_on(demoted().apply(&two, &acting, viewer.staff, &dice())), Ok(vec![acting]));
    let removal = |all: &[StaffMember], acting: &StaffMember, member: &StaffMember, successor: &StaffMember| {
        StaffRemoval::of(all, &acting.identity(), member.staff, successor.staff).map(|removal| removal.relies_on)
    };
    assert_eq!(removal(&two, first, second, viewer), Ok(vec![acting, viewer.identity()]));
    assert_eq!(removal(&two, first, second, first), Ok(vec![acting]));
    assert_eq!(removal(&two, first, first, viewer), Ok(vec![viewer.identity(), second.identity()]));
    assert_eq!(removal(&two, first, first, second), Ok(vec![second.identity()]));
    // The last one can neither leave nor step down, but be renamed and move.
    let (only, viewer) = (&one[0], of_role(&one, Role::Viewer));
    assert_eq!(removal(&one, only, only, viewer), Err(NotChanged::LastOwner));
    assert_eq!(relies_on(demoted().apply(&one, &only.identity(), only.staff, &dice())), Err(NotChanged::LastOwner));
    let moved = patch(serde_json::json!({"name": "Olive", "email": "olive@firm.test", "role": "owner"}));
    assert_eq!(relies_on(moved.apply(&one, &only.identity(), only.staff, &dice())), Ok(vec![]));
}

#[test]
fn a_successor_is_another_of_the_firm() {
    let all = staff(1);
    let (acting, viewer) = (all[0].identity(), of_role(&all, Role::Viewer).staff);
    let elsewhere = StaffId::new(Timestamp::UNIX_EPOCH, &Dice::new(|bytes| bytes.fill(99)));
    for (member, successor, refused) in [
        (viewer, all[0].staff, None),
        (viewer, viewer, Some(NotChanged::NoSuccessor)),
        (viewer, elsewhere, Some(NotChanged::NoSuccessor)),
        (elsewhere, viewer, Some(NotChanged::Unknown)),
    ] {
        assert_eq!(StaffRemoval::of(&all, &acting, member, successor).err(), refused);
    }
}

#[test]
fn only_changes_of_email_and_role_end_what_is_open() {
    let all = staff(1);
    let (acting, member) = (all[0].identity(), of_role(&all, Role::Viewer));
    for (json, version, epoch, fields) in [
        (serde_json::json!({}), 0, 0, vec![]),
        (serde_json::json!({"name": "Person 4", "email": " PERSON-4@firm.test ", "role": "viewer"}), 0, 0, vec![]),
        (serde_json::json!({"name": "Vera"}), 1, 0, vec!["name"]),
        (serde_json::json!({"email": "vera@firm.test"}), 1, 1, vec!["email"]),
        (serde_json::json!({"role": "staff"}), 1, 1, vec![]),
        (serde_json::json!({"name": "Vera", "email": "vera@firm.test", "role": "staff"}), 1, 1, vec!["name", "email"]),
    ] {
        let change = patch(json.clone()).apply(&all, &acting, member.staff, &dice()).expect("it can be applied");
        assert_eq!(
            (change.after.version, change.after.epoch, change.fields()),
            (version, epoch, fields.iter().map(|name| (*name).to_owned()).collect()),
            "{json}"
        );
        let moved = fields.contains(&"email");
        assert_eq!(change.after.email_before(1), moved.then_some(&member.email), "{json}");
        assert_eq!(change.tells_old_address(), moved, "{json}");
    }
    for bad in [serde_json::json!({"name": null}), serde_json::json!({"role": "king"}), serde_json::json!({"mobile": "1"})] {
        assert!(serde_json::from_value::<StaffPatch>(bad.clone()).is_err(), "{bad}");
    }
}
