#!/usr/bin/perl
# Perl's Crypt::JWT with the key set as kid_keys, as its documentation shows; exp, nbf, iss and aud are verified.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use HTTP::Daemon;
use HTTP::Response;
use HTTP::Tiny;
use JSON::PP;

my ($issuer, $audience, $jwks, $scope) = @ENV{qw(CONFORM_ISSUER CONFORM_AUDIENCE CONFORM_JWKS CONFORM_SCOPE)};
my $http = HTTP::Tiny->new(timeout => 5, verify_SSL => 1, SSL_options => { SSL_ca_file => $ENV{SSL_CERT_FILE} });
my $invalid = 'Bearer error="invalid_token"';
$SIG{PIPE} = 'IGNORE';

sub keys_now {
    my $answer = $http->get($jwks);
    die "key set: $answer->{status}" unless $answer->{success};
    return decode_json($answer->{content});
}

# verify_nbf: undef verifies it when it is there, 1 wants it
sub validate {
    my ($token) = @_;
    return decode_jwt(
        token => $token, kid_keys => keys_now(), accepted_alg => 'RS256', accepted_enc => [], leeway => 0,
        verify_iss => sub { defined $_[0] && $_[0] eq $issuer }, verify_aud => sub { defined $_[0] && $_[0] eq $audience },
        verify_exp => 1, verify_nbf => undef,
    );
}

sub respond {
    my ($request) = @_;
    return (404, {}) if $request->uri->path ne '/api/auth-test';
    my @values = $request->header('Authorization');
    return (401, { error => 'missing' }, 'Bearer') unless @values;
    my ($token) = $values[0] =~ m{\Abearer +([A-Za-z0-9._~+/-]+=*)\z}i;
    return (401, { error => 'malformed' }, $invalid) if @values > 1 || !defined $token;
    my $claims = eval { validate($token) };
    return (401, { error => "$@" }, $invalid) unless ref $claims eq 'HASH';
    my $scopes = $claims->{scp} // '';
    return (403, { error => 'scope' }, 'Bearer error="insufficient_scope"') unless grep { $_ eq $scope } split / /, $scopes;
    return (200, { message => 'Test successful', user => $claims->{name} });
}

my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{CONFORM_PORT}, ReuseAddr => 1) or die "listen: $!";
while (my $connection = $daemon->accept) {
    while (my $request = $connection->get_request) {
        my ($status, $body, $challenge) = respond($request);
        my $response = HTTP::Response->new($status, undef, [ 'Content-Type' => 'application/json' ], encode_json($body));
        $response->header('WWW-Authenticate' => $challenge) if $challenge;
        $connection->send_response($response);
    }
    $connection->close;
}
