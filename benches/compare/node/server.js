// The official Node library on Express, a process for each processor that it may use.
'use strict';

const cluster = require('node:cluster');
const crypto = require('node:crypto');
const os = require('node:os');
const express = require('express');
const { WebhookClient } = require('dialogflow-fulfillment');

const expected = Buffer.from('Basic ' + Buffer.from(process.env.BASIC).toString('base64'));

function mayCall(request, response, next) {
  const shown = Buffer.from(request.get('authorization') ?? '');
  if (shown.length === expected.length && crypto.timingSafeEqual(shown, expected)) {
    next();
  } else {
    response.sendStatus(401);
  }
}

const intents = new Map([
  ['guide.context', (agent) => {
    agent.add('Text response from webhook');
    agent.context.set({ name: 'context-name', lifespan: 5, parameters: { 'param-name': 'param-value' } });
  }],
  ['guide.text', (agent) => agent.add('Text response from webhook')],
  ['get-agent-name', (agent) => agent.add('My name is Flowhook.')],
]);

const processes = os.availableParallelism();
if (cluster.isPrimary && processes > 1) {
  for (let count = 0; count < processes; count += 1) {
    cluster.fork();
  }
} else {
  const app = express();
  app.post('/', mayCall, express.json(), (request, response) => {
    new WebhookClient({ request, response }).handleRequest(intents);
  });
  app.listen(Number(process.env.PORT), '127.0.0.1');
}
