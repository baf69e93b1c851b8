#!/usr/bin/ruby
# ruby-jwt with a JWKS loader, which is the application's: for an unknown kid it fetches anew, and what it has stays where that fails.
# The documentation's example throws it away first, at most every five minutes. exp, iss and aud are required.
require 'json'
require 'jwt'
require 'net/http'
require 'webrick'

JWKS = URI(ENV.fetch('CONFORM_JWKS')) # OpenSSL trusts SSL_CERT_FILE

def fetch_keys
  response = Net::HTTP.get_response(JWKS)
  response.value # raises unless the status is 2xx
  JSON.parse(response.body, symbolize_names: true)
end

LOADER = lambda do |options|
  @keys = fetch_keys if @keys.nil? || options[:kid_not_found]
  @keys
end
OPTIONS = {
  algorithms: ['RS256'], jwks: LOADER, iss: ENV.fetch('CONFORM_ISSUER'), verify_iss: true, aud: ENV.fetch('CONFORM_AUDIENCE'),
  verify_aud: true, required_claims: %w[exp iss aud]
}.freeze

def answer(response, status, body, challenge = nil)
  response.status = status
  response['Content-Type'] = 'application/json'
  response['WWW-Authenticate'] = challenge if challenge
  response.body = body.to_json
end

server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: ENV.fetch('CONFORM_PORT').to_i, AccessLog: [],
                                 Logger: WEBrick::Log.new(File::NULL))
server.mount_proc('/api/auth-test') do |request, response|
  values = request.header['authorization'] || []
  token = values.length == 1 && values[0][/\Abearer +([A-Za-z0-9._~+\/-]+=*)\z/i, 1]
  next answer(response, 401, { error: 'missing' }, 'Bearer') if values.empty?
  next answer(response, 401, { error: 'malformed' }, 'Bearer error="invalid_token"') unless token

  begin
    claims, = JWT.decode(token, nil, true, OPTIONS)
    if claims['scp'].is_a?(String) && claims['scp'].split(' ', -1).include?(ENV.fetch('CONFORM_SCOPE'))
      answer(response, 200, { message: 'Test successful', user: claims['name'] })
    else
      answer(response, 403, { error: 'scope' }, 'Bearer error="insufficient_scope"')
    end
  rescue StandardError => e
    answer(response, 401, { error: e.class.to_s }, 'Bearer error="invalid_token"')
  end
end
trap('TERM') { server.shutdown }
server.start
