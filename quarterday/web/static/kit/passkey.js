// Passkeys: asks the browser, and sends its answer with the form that it stands in.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const toBytes = (text) => {
    const plain = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(plain), (one) => one.charCodeAt(0)).buffer;
  };
  const toText = (buffer) => {
    const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const withIds = (list) => (list || []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const ask = async (action, { publicKey }) => {
    const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
    if (action === "create") {
      options.user = { ...options.user, id: toBytes(options.user.id) };
      options.excludeCredentials = withIds(options.excludeCredentials);
      return navigator.credentials.create({ publicKey: options });
    }
    options.allowCredentials = withIds(options.allowCredentials);
    return navigator.credentials.get({ publicKey: options });
  };

  const answer = (credential) => {
    const names = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const response = {};
    for (const name of names) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    });
  };

  for (const note of document.querySelectorAll("[data-without-passkeys]")) note.hidden = true;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-problem]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      try {
        const reply = await fetch(form.dataset.options, { headers: { Accept: "application/json" } });
        if (!reply.ok || reply.redirected) throw new Error("no options");
        const credential = await ask(form.dataset.passkey, await reply.json());
        form.elements.credential.value = answer(credential);
        form.submit();
      } catch {
        problem.hidden = false;
      }
    });
  }
})();
