// The page around the IDE: language, who the visitor is, the numbered examples, what the last answer was.
'use strict';

(() => {
  const root = document.documentElement;
  const language = document.getElementById('language');
  const who = document.getElementById('who');
  const answer = document.getElementById('answer');
  const remembered = 'aftersales:language';
  const { examples } = identity.config;
  let last = null;

  const words = {
    en: {
      nobody: 'no token: only what is public',
      until: 'until',
      expired: 'expired',
      unread: 'not a readable JWT',
      refused: 'token refused: pick another',
      forbidden: 'not allowed for this role',
      silent: 'no answer from the server',
      unsent: 'not sent: a header is not valid',
    },
    'zh-CN': {
      nobody: '无令牌：只能读取公开内容',
      until: '有效期至',
      expired: '已过期',
      unread: '无法识别的 JWT',
      refused: '令牌被拒绝，请换一个',
      forbidden: '该角色无权操作',
      silent: '服务器没有应答',
      unsent: '未发送：请求头无效',
    },
  };
  const say = (key) => words[root.lang][key];

  function showWho() {
    const me = identity.describe();
    who.classList.remove('warn');
    if (me.anonymous) {
      who.textContent = say('nobody');
      return;
    }
    const parts = [me.role, me.merchant, me.subject].filter((part) => typeof part === 'string' && part !== '');
    if (parts.length === 0) {
      who.classList.add('warn');
      parts.push(say('unread'));
    }
    if (me.expires) {
      const past = me.expires.getTime() < Date.now();
      if (past) who.classList.add('warn');
      const when = me.expires.toLocaleString(root.lang, { dateStyle: 'medium', timeStyle: 'short' });
      parts.push(past ? `${say('expired')} ${when}` : `${say('until')} ${when}`);
    }
    who.textContent = parts.join(' · ');
  }

  function showAnswer() {
    if (!last) return;
    let text = say(last.unsent ? 'unsent' : 'silent');
    if (last.status) text = `HTTP ${last.status} · ${last.took} ms`;
    if (last.status === 401) text += ` · ${say('refused')}`;
    if (last.status === 403) text += ` · ${say('forbidden')}`;
    answer.textContent = text;
    answer.className = last.status >= 200 && last.status < 300 ? 'answer good' : 'answer bad';
  }

  function speak(lang) {
    root.lang = lang;
    language.value = lang;
    const key = lang === 'zh-CN' ? 'zhCn' : 'en';
    document.querySelectorAll('[data-en]').forEach((element) => {
      if (element.tagName === 'INPUT') element.placeholder = element.dataset[key];
      else element.textContent = element.dataset[key];
    });
    showWho();
    showAnswer();
  }

  language.addEventListener('change', () => {
    speak(language.value);
    try {
      localStorage.setItem(remembered, language.value);
    } catch {
      // Storage may be forbidden; then nothing is remembered.
    }
  });

  document.querySelectorAll('[data-example]').forEach((button) => {
    button.addEventListener('click', () => {
      const example = examples[Number(button.dataset.example)];
      identity.pick(example.tokenLabel);
      ide.load(example);
      document.querySelectorAll('[data-example]').forEach((b) => b.toggleAttribute('data-loaded', b === button));
      document.getElementById('ide').scrollIntoView({ block: 'nearest' });
    });
  });

  // GraphiQL offers no call to open its documentation; its own button does.
  document.getElementById('docs').addEventListener('click', () => {
    document.querySelector('button[aria-label="Show Documentation Explorer"]')?.click();
    document.getElementById('ide').scrollIntoView({ block: 'nearest' });
  });

  identity.onChange(() => {
    showWho();
    ide.retrySchema();
  });
  ide.onAnswer((result) => {
    last = result;
    showAnswer();
  });

  let lang = null;
  try {
    lang = localStorage.getItem(remembered);
  } catch {
    // As above.
  }
  speak(lang in words ? lang : root.lang);
  document.getElementById('endpoint').textContent = ide.endpoint.href;
  identity.restore(examples[0]?.tokenLabel);
  ide.mount(document.getElementById('ide'), examples[0]);
})();
