#!/usr/bin/perl
# Perl's Crypt::JWT with the key set as kid_keys, as its documentation shows; exp, nbf, iss and aud are verified. The server is
# Starman, since HTTP::Daemon has no answer to long headers.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use HTTP::Tiny;
use JSON::PP;
use Starman::Server;

my ($issuer, $audience, $jwks, $scope) = @ENV{qw(CONFORM_ISSUER CONFORM_AUDIENCE CONFORM_JWKS CONFORM_SCOPE)};
my $http = HTTP::Tiny->new(timeout => 5, verify_SSL => 1, SSL_options => { SSL_ca_file => $ENV{SSL_CERT_FILE} });
my $invalid = 'Bearer error="invalid_token"';

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
    my ($env) = @_;
    return (404, {}) if $env->{PATH_INFO} ne '/api/auth-test';
    my $value = $env->{HTTP_AUTHORIZATION}; # several lines are one value with commas, which no token has
    return (401, { error => 'missing' }, 'Bearer') unless defined $value;
    my ($token) = $value =~ m{\Abearer +([A-Za-z0-9._~+/-]+=*)\z}i;
    return (401, { error => 'malformed' }, $invalid) unless defined $token;
    my $claims = eval { validate($token) };
    return (401, { error => 'invalid' }, $invalid) unless ref $claims eq 'HASH';
    my $scopes = $claims->{scp} // '';
    return (403, { error => 'scope' }, 'Bearer error="insufficient_scope"') unless grep { $_ eq $scope } split / /, $scopes;
    return (200, { message => 'Test successful', user => $claims->{name} });
}

sub app {
    my ($env) = @_;
    my ($status, $body, $challenge) = respond($env);
    my @headers = ('Content-Type' => 'application/json');
    push @headers, 'WWW-Authenticate' => $challenge if $challenge;
    return [ $status, \@headers, $env->{REQUEST_METHOD} eq 'HEAD' ? [] : [ encode_json($body) ] ];
}

Starman::Server->new->run(\&app, { host => '127.0.0.1', port => $ENV{CONFORM_PORT}, workers => 2, keepalive => 1 });
