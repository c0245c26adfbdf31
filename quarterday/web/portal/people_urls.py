"""Which address leads where: signing in, the user's own security, accounts and people."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.portal import accounts, confirm, people, security, security_means, sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/link/", sign_in.mail_link, name="mail_link"),
    path("sign-in/code/", sign_in.second_step, name="second_step"),
    path("sign-in/passkey/", sign_in.passkey, name="passkey"),
    path("sign-in/out/", sign_in.signed_out, name="signed_out"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("switch/", accounts.switch, name="switch"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invited/<str:invitation>/again/", people.invite_again, name="invite_again"),
    path("people/invited/<str:invitation>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<str:user>/", people.person, name="person"),
    path("people/<str:user>/remove/", people.remove, name="remove_person"),
    path("security/", security.security, name="security"),
    path("security/confirm/", confirm.confirm, name="confirm"),
    path("security/confirm/passkey/", confirm.confirm_by_passkey, name="confirm_passkey"),
    path("security/confirm/link/", confirm.confirm_by_link, name="confirm_link"),
    path("security/password/", security.password, name="password"),
    path("security/address/", security.address, name="address"),
    path("profile/address/<str:token>/", security.confirm_new_address, name="new_address"),
    path("security/two-step/", security_means.start_step, name="start_step"),
    path("security/two-step/off/", security_means.stop_step, name="stop_step"),
    path("security/recovery-codes/", security_means.recovery_codes, name="recovery_codes"),
    path("security/recovery-codes/file/", security_means.download_codes, name="download_codes"),
    path("security/passkeys/new/", security_means.new_passkey, name="new_passkey"),
    path("security/passkeys/options/", security_means.passkey_options, name="passkey_options"),
    path("security/passkeys/<int:key>/", security_means.passkey_page, name="passkey_page"),
    path("security/sign-ins/end/", security.end_others, name="end_others"),
    path("security/sign-ins/<str:sign_in>/end/", security.end_one, name="end_one"),
]
