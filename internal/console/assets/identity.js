// Who the visitor acts as: the picked or pasted token, and what it says about itself. Tokens stay in memory: a reload
// forgets a pasted one, and only the label of a picked one is remembered.
'use strict';

const identity = (() => {
  const config = JSON.parse(document.getElementById('config').textContent);
  const picker = document.getElementById('token');
  const own = document.getElementById('own');
  const remembered = 'aftersales:token';
  const listeners = [];

  function token() {
    if (picker.value === 'none') return '';
    if (picker.value === 'own') return own.value.trim().replace(/^bearer\s+/i, '');
    return config.tokens[Number(picker.value)].value;
  }

  // The claims are shown, not trusted: only the server can tell whether the signature is good.
  function claims(jwt) {
    try {
      const part = jwt.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
      const bytes = Uint8Array.from(atob(part), (c) => c.charCodeAt(0));
      const parsed = JSON.parse(new TextDecoder().decode(bytes));
      return parsed && typeof parsed === 'object' ? parsed : {};
    } catch {
      return {};
    }
  }

  function describe() {
    const value = token();
    const known = config.tokens[Number(picker.value)] || {};
    const said = claims(value);
    return {
      anonymous: value === '',
      role: known.role || said.role || '',
      merchant: known.merchant || said.merchant || '',
      subject: said.sub || '',
      expires: typeof said.exp === 'number' ? new Date(said.exp * 1000) : null,
    };
  }

  function tell() {
    listeners.forEach((f) => f());
  }

  function changed() {
    own.hidden = picker.value !== 'own';
    const known = config.tokens[Number(picker.value)];
    try {
      if (known) localStorage.setItem(remembered, known.label);
      else localStorage.removeItem(remembered);
    } catch {
      // Storage may be forbidden; then nothing is remembered.
    }
    tell();
  }

  function pick(label) {
    const index = config.tokens.findIndex((t) => t.label === label);
    if (index < 0) return false;
    picker.value = String(index);
    changed();
    return true;
  }

  function restore(fallback) {
    let label = null;
    try {
      label = localStorage.getItem(remembered);
    } catch {
      // As above.
    }
    if (!pick(label) && !pick(fallback)) changed();
  }

  picker.addEventListener('change', () => {
    changed();
    if (picker.value === 'own') own.focus();
  });
  // Not while it is being typed: whoever listens may ask the server with it.
  own.addEventListener('change', tell);

  return { config, token, describe, pick, restore, onChange: (f) => listeners.push(f) };
})();
