import {
  type ConfigurationChanges,
  type DisplayPreference,
  displayValue,
  isAvailable,
  type PaymentMethodConfiguration,
  type PaymentMethodType,
} from '@onfile/core';
import type { Route } from '../dialect.js';
import { TYPES } from './entered-card.js';
import type { Fields } from './fields.js';
import { operation } from './operation.js';
import { listPage, parsePageQuery, renderList } from './paging.js';
import type { Payjp } from './settings.js';

export function paymentMethodConfigurationRoutes(payjp: Payjp): readonly Route[] {
  const form = payjp.ids.paymentMethodConfiguration;
  const render = (configuration: PaymentMethodConfiguration) => renderPaymentMethodConfiguration(payjp, configuration);
  const idInPath = (path: Fields) => path.reference('id', 'payment_method_configuration', form.parse);

  return [
    operation(payjp, {
      method: 'GET',
      path: '/v2/payment_method_configurations',
      body: 'none',
      parse: ({ query }) => parsePageQuery(query),
      act: (page, { call }, { configurations }) =>
        listPage(page, form.parse, (request) => configurations.list(call.scope, request)),
      render: (list) => renderList(list, '/v2/payment_method_configurations', render),
    }),
    operation(payjp, {
      method: 'GET',
      path: '/v2/payment_method_configurations/:id',
      body: 'none',
      parse: ({ path }) => idInPath(path),
      act: (id, { call }, { configurations }) => configurations.retrieve(call.scope, id),
      render,
    }),
    operation(payjp, {
      method: 'POST',
      path: '/v2/payment_method_configurations/:id',
      body: 'required',
      parse: ({ path, body }) => {
        const id = idInPath(path);
        const changes = parseConfigurationChanges(body);
        return id && { id, changes };
      },
      act: ({ id, changes }, { call }, { configurations }) => configurations.update(call, id, changes),
      render,
    }),
  ];
}

export function renderPaymentMethodConfiguration({ ids }: Payjp, configuration: PaymentMethodConfiguration) {
  const renderType = (type: PaymentMethodType) => ({
    available: isAvailable(configuration, type),
    display_preference: {
      preference: configuration.preferences[type],
      value: displayValue(configuration, type),
    },
  });
  return {
    object: 'payment_method_configuration',
    id: ids.paymentMethodConfiguration.render(configuration.id),
    livemode: configuration.scope.mode === 'live',
    active: configuration.active,
    name: configuration.name,
    card: renderType('card'),
    paypay: renderType('paypay'),
    apple_pay: renderType('apple_pay'),
  };
}

/** `null` means no change, but for the name, which it clears. */
function parseConfigurationChanges(body: Fields): ConfigurationChanges {
  const active = body.isNull('active') ? undefined : body.flag('active');
  const name = body.isNull('name') ? null : body.text('name', { lengthMax: 255 });
  const preferences = parsePreferences(body);
  return {
    ...(active !== undefined && { active }),
    ...(name !== undefined && { name }),
    ...(Object.keys(preferences).length > 0 && { preferences }),
  };
}

function parsePreferences(body: Fields): Partial<Record<PaymentMethodType, DisplayPreference>> {
  const preferences: Partial<Record<PaymentMethodType, DisplayPreference>> = {};
  for (const type of TYPES) {
    const preference = parsePreference(body, type);
    if (preference !== undefined) preferences[type] = preference;
  }
  return preferences;
}

function parsePreference(body: Fields, type: PaymentMethodType): DisplayPreference | undefined {
  if (body.isNull(type)) return undefined;
  const setting = body.object(type);
  if (setting === undefined || setting.isNull('display_preference')) return undefined;

  const display = setting.object('display_preference');
  display?.require('preference');
  return display?.choice('preference', ['none', 'off', 'on']);
}
