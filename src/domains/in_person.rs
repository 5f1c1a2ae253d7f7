//! Mutations that people do in person.

/// The mutations that no run may do on behalf of a user: they concern sign-ins, passwords, keys, other identities and acting
/// in the place of others. Their services refuse API keys and impersonators themselves where that is due.
pub const IN_PERSON: &[&str] = &[
    "acceptInvitation",
    "changePassword",
    "createApiKey",
    "createUser",
    "impersonateUser",
    "inviteUser",
    "login",
    "logout",
    "logoutEverywhere",
    "refreshToken",
    "revokeApiKey",
    "updateProfile",
];
