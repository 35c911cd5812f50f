//! One identity provider: asked for a code, believed after its token was verified.

use std::str::FromStr as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreResponseType,
};
use openidconnect::http::header::{ACCEPT, AUTHORIZATION};
use openidconnect::{
    AccessToken, AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, RedirectUrl, RequestTokenError, Scope, TokenResponse as _, http,
};

use crate::documents::{Documents, Metadata};
use crate::http::Http;
use crate::pending::{Pending, SECONDS};
use crate::seldom::Seldom;
use crate::settings::{self, Claims, Said, is_local};
use crate::{KnownProvider, OidcError, SetUpError};
use xapi::clock::Clock;

/// How far the clocks of provider and server may be apart, in seconds.
const SKEW: i64 = 60;
/// How tokens may be signed: with keys that the provider alone has. Not at all (`none`), or with the secret of the client
/// (`HS256`), is refused.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An identity provider that people may sign in at.
pub struct Provider {
    settings: settings::Provider,
    client_secret: Option<ClientSecret>,
    redirect: RedirectUrl,
    /// Where it leads a browser that has signed out.
    home: PostLogoutRedirectUrl,
    http: Http,
    documents: Documents,
    secret: [u8; 32],
    clock: Arc<dyn Clock>,
    logged: Seldom,
}

/// The start of a sign-in.
#[derive(Debug)]
pub struct Start {
    /// Where the browser is sent.
    pub url: String,
    /// What it shows when it comes back, for [`crate::PENDING_SECONDS`].
    pub cookie: String,
}

/// A person for whom a provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The provider's issuer.
    pub issuer: String,
    /// What the issuer knows the person by: never given to another person.
    pub subject: String,
    /// What the claims say.
    pub said: Said,
    /// The token that says so: by it the provider knows whom to sign out. Not a secret to the person's own browser.
    pub token: String,
}

impl Provider {
    pub(crate) fn new(
        known: KnownProvider,
        base_url: &str,
        secret: [u8; 32],
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetUpError> {
        let KnownProvider { settings, client_secret } = known;
        let redirect = format!("{base_url}/api/v1/oidc/{}/callback", settings.id);
        let wrong = |_| SetUpError::Redirect(base_url.to_owned());
        let redirect = RedirectUrl::new(redirect).map_err(wrong)?;
        let home = PostLogoutRedirectUrl::new(format!("{base_url}/")).map_err(wrong)?;
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(wrong)?;
        let http = Http::new(is_local(issuer.url()))?;
        let documents = Documents::new(issuer, Arc::clone(&clock));
        let client_secret = client_secret.map(ClientSecret::new);
        let logged = Seldom::default();
        Ok(Self { settings, client_secret, redirect, home, http, documents, secret, clock, logged })
    }

    /// Whether a sign-in here that was refused is to be logged, and how many were not since the last that was. Anybody can
    /// send answers that do not hold: ten are logged in a minute.
    pub fn logs_refusal(&self) -> Option<u64> {
        self.logged.next(self.clock.now())
    }

    /// The settings that it comes from.
    pub const fn settings(&self) -> &settings::Provider {
        &self.settings
    }

    /// Begins a sign-in: of one browser, for [`crate::PENDING_SECONDS`].
    ///
    /// # Errors
    /// [`OidcError::Down`].
    pub async fn start(&self) -> Result<Start, OidcError> {
        let client = self.client(&self.documents.current(&self.http).await?.metadata);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let request = client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        let scopes = self.settings.asked_scopes().into_iter().map(Scope::new);
        let (url, state, nonce) = request.set_pkce_challenge(challenge).add_scopes(scopes).url();
        let pending = Pending {
            provider: self.settings.id.clone(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            until: self.clock.now().micros().saturating_add(SECONDS * 1_000_000),
        };
        Ok(Start { url: url.into(), cookie: pending.sealed(&self.secret) })
    }

    /// Ends a sign-in: takes the query that the provider led the browser back with, and the browser's cookie.
    ///
    /// # Errors
    /// See [`OidcError`]. A code is good once: the provider refuses it the second time.
    pub async fn finish(
        &self,
        query: &[(String, String)],
        cookie: Option<&str>,
    ) -> Result<Vouched, OidcError> {
        let get =
            |of: &str| query.iter().find(|(name, _)| name == of).map(|(_, value)| value.as_str());
        let (state, now) = (get("state").unwrap_or_default(), self.clock.now());
        let open = |cookie| Pending::opened(cookie, &self.secret, &self.settings.id, state, now);
        let pending = cookie.and_then(open).ok_or(OidcError::State)?;
        let metadata = self.documents.current(&self.http).await?.metadata;
        // Another provider's answer (RFC 9207).
        let names_issuer =
            metadata.additional_metadata().authorization_response_iss_parameter_supported;
        let is_ours = match get("iss") {
            Some(issuer) => issuer == metadata.issuer().as_str(),
            None => !names_issuer,
        };
        if !is_ours {
            return Err(OidcError::Answer("it names another issuer, or none".into()));
        }
        if let Some(error) = get("error") {
            return Err(OidcError::Cancelled(
                error.chars().filter(|c| !c.is_control()).take(100).collect(),
            ));
        }
        let code = get("code").ok_or_else(|| OidcError::Answer("it has no code".into()))?;
        let (token, access) = self.tokens(&metadata, code, pending.verifier).await?;
        let subject = self.subject(&token, &Nonce::new(pending.nonce)).await?;
        let mut claims = self.further_claims(&metadata, &access, &subject).await?;
        // What is signed holds.
        claims.extend(
            claims_of(&token).ok_or_else(|| OidcError::Answer("its token is not JSON".into()))?,
        );
        let said = self.settings.said(&claims).ok_or(OidcError::Nameless)?;
        let issuer = self.settings.issuer.clone();
        Ok(Vouched { issuer, subject, said, token: token.to_string() })
    }

    /// Where a browser is sent whose person has signed out here, so that the provider signs them out too and leads the
    /// browser back. `None` where the provider offers no such address, or the settings leave the person signed in there.
    /// `token` is that of the sign-in: without it, the provider may ask the person first.
    pub async fn sign_out(&self, token: Option<&str>) -> Option<String> {
        if self.settings.sign_out_here_alone {
            return None;
        }
        let metadata = self.documents.known(&self.http).await?.metadata;
        let end = metadata.additional_metadata().end_session_endpoint.clone()?;
        let request = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(self.home.clone());
        let token = token.and_then(|token| CoreIdToken::from_str(token).ok());
        let request = match token {
            Some(token) => request.set_id_token_hint(&token),
            None => request,
        };
        Some(request.http_get_url().into())
    }

    /// The tokens that a code is exchanged for: that which says who signs in, and that for [`Self::further_claims`].
    async fn tokens(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: String,
    ) -> Result<(CoreIdToken, AccessToken), OidcError> {
        let client = self.client(metadata);
        let request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let request = request.map_err(|error| OidcError::Down(error.to_string()))?;
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let tokens = request.request_async(&self.http).await.map_err(|error| match error {
            RequestTokenError::Request(error) => OidcError::Down(error.to_string()),
            error => OidcError::Answer(error.to_string()),
        })?;
        let token = tokens.id_token().cloned();
        let token = token.ok_or_else(|| OidcError::Answer("it has no ID token".into()))?;
        Ok((token, tokens.access_token().clone()))
    }

    /// Whom a token is of, where the token holds. A key that the provider made after its documents were read is found.
    async fn subject(&self, token: &CoreIdToken, nonce: &Nonce) -> Result<String, OidcError> {
        let seen = self.documents.current(&self.http).await?;
        let verified = match self.verified(&seen.metadata, token, nonce) {
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                let newer = self.documents.after(&seen, &self.http).await?;
                self.verified(&newer.metadata, token, nonce)
            }
            verified => verified,
        };
        verified.map_err(|error| OidcError::Answer(error.to_string()))
    }

    /// What the provider says of a person beside their token, where the settings ask for it (Core 1.0, section 5.3).
    async fn further_claims(
        &self,
        metadata: &Metadata,
        access: &AccessToken,
        subject: &str,
    ) -> Result<Claims, OidcError> {
        let Some(url) = metadata.userinfo_endpoint().filter(|_| self.settings.userinfo) else {
            return Ok(Claims::new());
        };
        let down = |why: String| OidcError::Down(format!("userinfo: {why}"));
        let request = http::Request::get(url.as_str())
            .header(AUTHORIZATION, format!("Bearer {}", access.secret()))
            .header(ACCEPT, "application/json")
            .body(Vec::new());
        let request = request.map_err(|error| down(error.to_string()))?;
        let answer = self.http.send(request).await.map_err(|error| down(error.to_string()))?;
        if answer.status() != http::StatusCode::OK {
            return Err(down(format!("status {}", answer.status())));
        }
        let claims: Claims = serde_json::from_slice(answer.body())
            .map_err(|error| OidcError::Answer(format!("userinfo: {error}")))?;
        // Section 5.3.2: else it may be of somebody else.
        if claims.get("sub").and_then(|sub| sub.as_str()) != Some(subject) {
            return Err(OidcError::Answer("userinfo: it is of another subject".into()));
        }
        Ok(claims)
    }

    fn verified(
        &self,
        metadata: &Metadata,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<String, ClaimsVerificationError> {
        let (skew, now) = (TimeDelta::seconds(SKEW), self.now());
        let client = self.client(metadata);
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || now - skew)
            .set_issue_time_verifier_fn(move |issued| {
                if issued > now + skew { Err(format!("{issued} is yet to come")) } else { Ok(()) }
            });
        let claims: &CoreIdTokenClaims = token.claims(&verifier, nonce)?;
        Ok(claims.subject().to_string())
    }

    #[expect(clippy::expect_used, reason = "a clock says days of this age")]
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.clock.now().micros()).expect("a day of this age")
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.settings.client_id.clone());
        let client =
            CoreClient::from_provider_metadata(metadata.clone(), id, self.client_secret.clone())
                .set_redirect_uri(self.redirect.clone());
        let ways = metadata.token_endpoint_auth_methods_supported();
        let takes = |way| ways.is_none_or(|ways| ways.contains(&way));
        if takes(CoreClientAuthMethod::ClientSecretBasic) {
            client
        } else {
            client.set_auth_type(AuthType::RequestBody)
        }
    }
}

/// What a token says, which must be verified.
fn claims_of(token: &CoreIdToken) -> Option<Claims> {
    let text = token.to_string();
    let payload = text.split('.').nth(1)?;
    serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()
}
