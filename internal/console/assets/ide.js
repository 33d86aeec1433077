// GraphiQL, told how to reach this server: which headers go along, what a refusal without a GraphQL body looks like.
'use strict';

// The style element that GraphiQL's dialogs add while they are open is allowed by this nonce; the name is the bundle's.
window.__webpack_nonce__ = identity.config.nonce;

const ide = (() => {
  const { createElement, useEffect } = window.React;
  const { GraphiQL } = window;
  const hooks = GraphiQL.React;
  const endpoint = new URL(identity.config.endpoint, window.location.href);
  const socket = new URL(endpoint);
  socket.protocol = endpoint.protocol === 'https:' ? 'wss:' : 'ws:';

  const answerListeners = [];
  const inside = { editors: null, schema: null };

  // A proxy, a crash or a 401 without a body answers something that is not GraphQL: show it as it is, in the response pane.
  // Status 0 stands for no answer at all.
  function plain(status, text) {
    const message = [status ? `HTTP ${status}` : '', text.slice(0, 500)].filter(Boolean).join(': ');
    return { errors: [{ message, extensions: { status } }] };
  }

  async function ask(url, init) {
    const headers = new Headers({
      Accept: 'application/graphql-response+json, application/json',
      'Accept-Language': document.documentElement.lang,
    });
    const token = identity.token();
    try {
      if (token) headers.set('Authorization', `Bearer ${token}`);
      // What the visitor wrote into the headers editor wins.
      Object.entries(init.headers).forEach(([name, value]) => headers.set(name, value));
    } catch (refused) {
      const body = plain(0, refused.message);
      answerListeners.forEach((f) => f({ status: 0, unsent: true }));
      return { json: async () => body };
    }
    const from = performance.now();
    let status = 0;
    let body;
    try {
      const response = await fetch(url, { ...init, headers, credentials: 'omit', cache: 'no-store' });
      status = response.status;
      const text = await response.text();
      try {
        body = JSON.parse(text);
      } catch {
        body = plain(status, text || response.statusText);
      }
      if (!body || typeof body !== 'object' || !('data' in body || 'errors' in body)) body = plain(status, text);
    } catch (failure) {
      body = plain(status, `no answer from ${url} (${failure.message})`);
    }
    const took = Math.round(performance.now() - from);
    answerListeners.forEach((f) => f({ status, took }));
    return { json: async () => body };
  }

  const fetcher = GraphiQL.createFetcher({
    url: endpoint.href,
    fetch: ask,
    enableIncrementalDelivery: false,
    subscriptionUrl: socket.href,
    // Read anew for every subscription.
    get wsConnectionParams() {
      const token = identity.token();
      const params = { 'Accept-Language': document.documentElement.lang };
      if (token) params.Authorization = `Bearer ${token}`;
      return params;
    },
  });

  // Bridge renders nothing: it stands inside GraphiQL to hand its editors and its schema to the page around it.
  function Bridge() {
    const editors = hooks.useEditorContext({ nonNull: true });
    const schema = hooks.useSchemaContext({ nonNull: true });
    useEffect(() => {
      inside.editors = editors;
      inside.schema = schema;
    });
    return null;
  }

  function mount(element, first) {
    const props = {
      fetcher,
      defaultQuery: '# Ctrl-Space completes, Ctrl-Enter runs.\n',
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: true,
      storage: GraphiQL.createLocalStorage({ namespace: 'aftersales' }),
      toolbar: { additionalComponent: Bridge },
    };
    if (first) props.defaultTabs = [{ query: first.query, variables: first.variables }];
    window.ReactDOM.createRoot(element).render(
      createElement(GraphiQL, props, createElement(GraphiQL.Logo, null, ' ')),
    );
  }

  function load(example) {
    if (!inside.editors) return;
    const { queryEditor, variableEditor, responseEditor } = inside.editors;
    if (!queryEditor) return;
    queryEditor.setValue(example.query);
    variableEditor?.setValue(example.variables);
    responseEditor?.setValue('');
    // GraphiQL notes the operations of a document a moment after it changed; a quick run would send the old name.
    let document = null;
    try {
      document = GraphiQL.GraphQL.parse(example.query);
    } catch {
      // The editor shows where the syntax is wrong.
    }
    const operations = document?.definitions.filter((d) => d.kind === 'OperationDefinition') ?? [];
    queryEditor.documentAST = document;
    queryEditor.operations = operations;
    queryEditor.operationName = operations[0]?.name?.value;
    queryEditor.focus();
  }

  // A refused token also refuses introspection: the next identity gets another chance to read the schema.
  function retrySchema() {
    const schema = inside.schema;
    if (schema && !schema.schema && !schema.isFetching) schema.introspect();
  }

  return { endpoint, mount, load, retrySchema, onAnswer: (f) => answerListeners.push(f) };
})();
