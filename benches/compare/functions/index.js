// The same agent by hand, on Google's functions-framework for Node, which is one process.
'use strict';

const crypto = require('node:crypto');
const functions = require('@google-cloud/functions-framework');

const expected = Buffer.from('Basic ' + Buffer.from(process.env.BASIC).toString('base64'));

const says = (words) => ({ fulfillmentMessages: [{ text: { text: [words] } }] });

const intents = {
  'guide.context': ({ session }) => ({
    ...says('Text response from webhook'),
    outputContexts: [{
      name: `${session}/contexts/context-name`,
      lifespanCount: 5,
      parameters: { 'param-name': 'param-value' },
    }],
  }),
  'guide.text': () => says('Text response from webhook'),
  'get-agent-name': () => says('My name is Flowhook.'),
};

functions.http('answer', (request, response) => {
  const shown = Buffer.from(request.get('authorization') ?? '');
  if (shown.length !== expected.length || !crypto.timingSafeEqual(shown, expected)) {
    response.sendStatus(401);
    return;
  }
  response.json(intents[request.body.queryResult.intent.displayName](request.body));
});
